using System.Globalization;
using System.Net;
using Coordination.Engine.Checkpoint;
using Coordination.Silo;
using Coordination.Silo.Options;
using Coordination.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>A silo in this process, with data of its own, reached by its grain factory and by its client port.</summary>
internal sealed class SiloInProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _silo;
    private readonly DataFolder _data;

    private SiloInProcess(DirectoryInfo folder, DataFolder data, WebApplication silo, IPEndPoint client)
    {
        _folder = folder;
        _data = data;
        _silo = silo;
        ClientEndPoint = client;
    }

    public IPEndPoint ClientEndPoint { get; }

    public IGrainFactory Grains => _silo.Services.GetRequiredService<IGrainFactory>();

    public static async Task<SiloInProcess> StartAsync(int clientPort, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("coordination-silo-");
        var configuration = SiloOptionsReader.Configure(
        [
            "--client-port", clientPort.ToString(CultureInfo.InvariantCulture), "--http-port", "0", "--data-dir", folder.FullName,
            .. arguments,
        ]);
        var options = SiloOptionsReader.Read(configuration);
        var data = DataFolder.Open(options.DataDir, Genesis.State, Genesis.Znodes());
        var silo = await SiloHost.BuildAsync(options, configuration, data);
        await silo.StartAsync();
        return new SiloInProcess(folder, data, silo, new IPEndPoint(IPAddress.Loopback, clientPort));
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.StopAsync();
        await _silo.DisposeAsync();
        await _data.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
