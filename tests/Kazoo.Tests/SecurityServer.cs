using Coordination.Testing;

namespace Coordination.Kazoo.Tests;

/// <summary>A server with users of SASL, from a file as ZooKeeper is given one.</summary>
public sealed class SecurityServer : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SiloProcess? _silo;

    public string HostAndPort => _silo!.HostAndPort;

    public TimeSpan TickTime { get; } = TimeSpan.FromSeconds(1);

    public async Task InitializeAsync()
    {
        string users = _directory.Combine("jaas.conf");
        // The users of kazoo's own tests.
        await File.WriteAllTextAsync(users, """
            Server {
                org.apache.zookeeper.server.auth.DigestLoginModule required
                user_super="super_secret"
                user_jaasuser="jaas_password";
            };
            """);
        _silo = await SiloProcess.StartAsync(new SiloOptions
        {
            TickTime = TickTime,
            Arguments = ["--sasl-users-file", users, "--super-user", "super"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
        _directory.Dispose();
    }
}
