using Coordination.Testing;

namespace Coordination.Java.Tests;

/// <summary>The server that Curator's scenarios share, one after the other, each with paths of its own.</summary>
public sealed class CuratorServer : IAsyncLifetime
{
    private SiloProcess? _process;

    public SiloProcess Process => _process ?? throw new InvalidOperationException("the server was never started");

    // Session timeouts of 10 s have to be allowed.
    public async Task InitializeAsync() =>
        _process = await SiloProcess.StartAsync(new SiloOptions { TickTime = TimeSpan.FromSeconds(1) });

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
