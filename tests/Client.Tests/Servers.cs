using Coordination.Testing;

namespace Coordination.Client.Tests;

/// <summary>One server of each kind, which tests share that do not break it.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly Dictionary<ServerKind, SiloProcess> _processes = [];

    /// <summary>How long a test waits for what should come at once, on a machine that has other things to do.</summary>
    public static TimeSpan Soon { get; } = TimeSpan.FromSeconds(20);

    public SiloProcess this[ServerKind kind] => _processes[kind];

    /// <summary>Starts a server of a test's own.</summary>
    public static Task<SiloProcess> StartAsync(ServerKind kind, TimeSpan? tickTime = null, params string[] arguments) =>
        SiloProcess.StartAsync(Options(kind, tickTime) with { Arguments = arguments });

    public async Task InitializeAsync()
    {
        var silo = StartAsync(ServerKind.Silo);
        _processes[ServerKind.ZooKeeper] = await StartAsync(ServerKind.ZooKeeper);
        _processes[ServerKind.Silo] = await silo;
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes.Values)
            await process.DisposeAsync();
    }

    // Nothing here is about what a disk keeps.
    private static SiloOptions Options(ServerKind kind, TimeSpan? tickTime) => kind == ServerKind.Silo
        ? new SiloOptions { TickTime = tickTime }
        : new SiloOptions
        {
            Command = Path.Combine(RepositoryRoot.Path, "tests", "Testing", "zookeeper.sh"),
            TickTime = tickTime ?? TimeSpan.FromSeconds(2),
            Environment = new Dictionary<string, string> { ["JAVA_TOOL_OPTIONS"] = "-Dzookeeper.forceSync=no" },
        };
}
