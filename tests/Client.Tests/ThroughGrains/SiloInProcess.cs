using System.Globalization;
using System.Net;
using Coordination.Engine.Checkpoint;
using Coordination.Grains;
using Coordination.Silo;
using Coordination.Silo.Options;
using Coordination.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>A silo in this process, with data of its own, reached by its grain factory and by its client port.</summary>
internal sealed class SiloInProcess : IGrainSilo
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coordination-silo-");
    private readonly string[] _arguments;
    private volatile WebApplication? _silo;
    private DataFolder? _data;

    private SiloInProcess(int clientPort, string[] arguments)
    {
        ClientEndPoint = new IPEndPoint(IPAddress.Loopback, clientPort);
        _arguments =
        [
            "--client-port", clientPort.ToString(CultureInfo.InvariantCulture), "--http-port", "0", "--data-dir", _folder.FullName,
            .. arguments,
        ];
    }

    public IPEndPoint ClientEndPoint { get; }

    public string Ending => "the silo is stopped and started";

    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public IClusterClient Grains =>
        (_silo ?? throw new InvalidOperationException("the silo does not run")).Services.GetRequiredService<IClusterClient>();

    public static async Task<SiloInProcess> StartAsync(int clientPort, params string[] arguments)
    {
        var silo = new SiloInProcess(clientPort, arguments);
        await silo.StartAgainAsync();
        return silo;
    }

    /// <summary>Starts it on the data that it has.</summary>
    public async Task StartAgainAsync()
    {
        var configuration = OptionSources.Read(_arguments);
        var options = SiloOptionsReader.Read(configuration);
        _data = DataFolder.Open(options.DataDir, Genesis.State, Genesis.Znodes());
        var silo = await SiloHost.BuildAsync(options, configuration, _data, CancellationToken.None);
        await silo.StartAsync();
        _silo = silo;
    }

    public IConnectionGrain Connection(Guid id) => Grains.GetGrain<IConnectionGrain>(id);

    /// <summary>Stops it in good order.</summary>
    public async Task EndAsync()
    {
        if (_silo is not { } silo)
            return;
        _silo = null;
        await silo.StopAsync();
        await silo.DisposeAsync();
        await _data!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Delete(recursive: true);
    }
}
