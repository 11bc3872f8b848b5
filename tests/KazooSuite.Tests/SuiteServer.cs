using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordination.Testing;

namespace Coordination.KazooSuite.Tests;

/// <summary>The server that kazoo's tests share, which some of them stop and run again.</summary>
/// <remarks>Configured as kazoo's harness does, as far as its tests notice.</remarks>
public sealed class SuiteServer : IAsyncLifetime
{
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(60);

    // Those of kazoo's harness, as its tests know them.
    private const string Users = """
        Server {
            org.apache.zookeeper.server.auth.DigestLoginModule required
            user_super="super_secret"
            user_jaasuser="jaas_password";
        };
        """;

    private const string SuperDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";

    private readonly TemporaryDirectory _directory = new();
    private readonly TcpListener _control = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private SiloProcess? _server;
    private Task? _controlled;

    public string HostAndPort => Server.HostAndPort;

    /// <summary>Where the adapter asks for the server to be stopped, and to be run again.</summary>
    public string ControlPort =>
        ((IPEndPoint)_control.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    private SiloProcess Server => _server ?? throw new InvalidOperationException("the server was never started");

    public async Task InitializeAsync()
    {
        string users = _directory.Combine("jaas.conf");
        await File.WriteAllTextAsync(users, Users);
        _server = await SiloProcess.StartAsync(new SiloOptions
        {
            TickTime = TimeSpan.FromSeconds(2),
            Arguments =
            [
                "--four-letter-words", "*", "--max-client-connections", "0", "--super-digest", SuperDigest,
                "--sasl-users-file", users,
            ],
        });
        _control.Start();
        _controlled = AnswerAsync(_stopping.Token);
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_controlled is not null)
            await _controlled;
        _control.Dispose();
        _stopping.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _directory.Dispose();
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var connection = await _control.AcceptTcpClientAsync(cancellationToken);
                await using var stream = connection.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII);
                string answer = await DoAsync(await reader.ReadLineAsync(cancellationToken));
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\n"), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The tests are over.
        }
    }

    private async Task<string> DoAsync(string? word)
    {
        try
        {
            switch (word)
            {
                case "stop":
                    await Server.TerminateAsync(s_longestStop);
                    return "done";
                case "run":
                    await Server.StartAgainAsync();
                    return "done";
                default:
                    return $"unknown word: {word}";
            }
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }
    }
}
