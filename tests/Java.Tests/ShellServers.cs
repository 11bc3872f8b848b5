using Coordination.Testing;

namespace Coordination.Java.Tests;

/// <summary>The server under test, and Apache ZooKeeper beside it, both new and with the same history.</summary>
public sealed class ShellServers : IAsyncLifetime
{
    private SiloProcess? _underTest;
    private SiloProcess? _zooKeeper;

    public SiloProcess UnderTest => _underTest ?? throw new InvalidOperationException("the server was never started");

    public SiloProcess ZooKeeper => _zooKeeper ?? throw new InvalidOperationException("ZooKeeper was never started");

    public async Task InitializeAsync()
    {
        _underTest = await SiloProcess.StartAsync();
        _zooKeeper = await SiloProcess.StartAsync(new SiloOptions
        {
            Command = Path.Combine(RepositoryRoot.Path, "tests", "Testing", "zookeeper.sh"),
            TickTime = TimeSpan.FromSeconds(2),
        });
    }

    public async Task DisposeAsync()
    {
        if (_underTest is not null)
            await _underTest.DisposeAsync();
        if (_zooKeeper is not null)
            await _zooKeeper.DisposeAsync();
    }
}
