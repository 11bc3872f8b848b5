using Coordination.Testing;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>One silo, with a folder of its own.</summary>
internal sealed class SingleSilo : IService
{
    private readonly SiloProcess _silo;
    private readonly int _gatewayPort;

    private SingleSilo(SiloProcess silo, int gatewayPort)
    {
        _silo = silo;
        _gatewayPort = gatewayPort;
    }

    public string ConnectionString => _silo.HostAndPort;

    public IReadOnlyDictionary<string, string> ForOrleans =>
        new Dictionary<string, string> { ["Gateways"] = $"127.0.0.1:{_gatewayPort}" };

    public static async Task<SingleSilo> StartAsync()
    {
        int gatewayPort = FreePort.Take();
        return new SingleSilo(
            await SiloProcess.StartAsync(new SiloOptions
            {
                TickTime = SchedulerCluster.TickTime,
                Arguments = ["--silo-port", $"{FreePort.Take()}", "--gateway-port", $"{gatewayPort}"],
            }),
            gatewayPort);
    }

    public async Task KillAsync()
    {
        await _silo.KillAsync();
        await _silo.StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
