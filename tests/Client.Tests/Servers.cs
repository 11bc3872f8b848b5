using System.Net;
using Coordination.Client.Tests.Networks;
using Coordination.Client.Tests.ThroughGrains;
using Coordination.Testing;

namespace Coordination.Client.Tests;

/// <summary>One server of each kind, which tests share that do not break it.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly Dictionary<ServerKind, SiloProcess> _processes = [];
    private SiloInProcess? _silo;

    /// <summary>How long a test waits for what should come at once, on a machine that has other things to do.</summary>
    public static TimeSpan Soon { get; } = TimeSpan.FromSeconds(60);

    public SiloProcess this[ServerKind kind] => _processes[kind];

    /// <summary>The one whose grains are of the kind <see cref="ServerKind.Grains"/>.</summary>
    internal SiloInProcess Silo => _silo ?? throw new InvalidOperationException("it was not started");

    /// <summary>Where a server listens.</summary>
    public IPEndPoint EndPoint(ServerKind kind) => kind == ServerKind.Grains ? Silo.ClientEndPoint : this[kind].ClientEndPoint;

    /// <summary>A way to a server that can be cut.</summary>
    public TestNetwork Network(ServerKind kind) =>
        kind == ServerKind.Grains ? new GrainNetwork(Silo) : new TcpNetwork(EndPoint(kind));

    /// <summary>Starts a server of a test's own.</summary>
    public static Task<SiloProcess> StartAsync(ServerKind kind, TimeSpan? tickTime = null, params string[] arguments) =>
        SiloProcess.StartAsync(Options(kind, tickTime) with { Arguments = arguments });

    public async Task InitializeAsync()
    {
        var silo = StartAsync(ServerKind.Silo);
        _silo = await SiloInProcess.StartAsync(FreePort.Take());
        _processes[ServerKind.ZooKeeper] = await StartAsync(ServerKind.ZooKeeper);
        _processes[ServerKind.Silo] = await silo;
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes.Values)
            await process.DisposeAsync();
        if (_silo is not null)
            await _silo.DisposeAsync();
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
