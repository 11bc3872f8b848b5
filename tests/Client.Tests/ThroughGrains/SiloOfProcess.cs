using System.Globalization;
using System.Net;
using Coordination.Client.GrainServer;
using Coordination.Grains;
using Coordination.Testing;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>A silo in a process of its own, whose grains are called over sockets, and which is killed.</summary>
internal sealed class SiloOfProcess : IGrainSilo
{
    private readonly SiloProcess _process;
    private readonly IPEndPoint _grains;

    private SiloOfProcess(SiloProcess process, int grainPort)
    {
        _process = process;
        _grains = new IPEndPoint(IPAddress.Loopback, grainPort);
    }

    public IPEndPoint ClientEndPoint => _process.ClientEndPoint;

    public string Ending => "the silo is killed and started";

    public static async Task<SiloOfProcess> StartAsync(TimeSpan tickTime)
    {
        int port = FreePort.Take();
        var program = new SiloVersion(typeof(GrainFrames).Assembly.Location, []);
        var process = await SiloProcess.StartAsync(new SiloOptions
        {
            Version = program,
            TickTime = tickTime,
            Environment = new Dictionary<string, string>
            {
                [GrainServer.GrainServer.PortVariable] = port.ToString(CultureInfo.InvariantCulture),
            },
        });
        return new SiloOfProcess(process, port);
    }

    public IConnectionGrain Connection(Guid id) => new GrainOfProcess(_grains, id);

    public Task EndAsync() => _process.KillAsync();

    public Task StartAgainAsync() => _process.StartAgainAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
