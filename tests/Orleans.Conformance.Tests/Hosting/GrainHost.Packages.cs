using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Orleans.Conformance.Hosting;

/// <summary>
/// Runs the grains of this assembly on Microsoft Orleans, a silo of one, where time goes by as it does.
/// </summary>
public sealed class GrainHost : IAsyncDisposable
{
    // What is due by then is started a moment later.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(150);

    private readonly IHost _host;

    private GrainHost(GrainHostSettings settings)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Probe>();
        builder.Services.AddScoped<ScopedService>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(ReminderTable.At(settings.ReminderStore));
            silo.Configure<ReminderOptions>(
                options => options.MinimumReminderPeriod = settings.MinimumReminderPeriod);
            silo.Configure<SiloMessagingOptions>(
                options => options.MaxEnqueuedRequestsHardLimit = settings.MaxEnqueuedRequests);
            silo.Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionAge = settings.CollectionAge;
                options.CollectionQuantum = settings.CollectionQuantum;
                options.DeactivationTimeout = settings.DeactivationTimeout;
            });
        });
        _host = builder.Build();
    }

    /// <summary>How many ticks may fall due, of a reminder while a host stops and the next one starts, and of a timer before a
    /// test looks.</summary>
    public static int MostTicksMissed => 10;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public Probe Probe => _host.Services.GetRequiredService<Probe>();

    public static Task<GrainHost> StartAsync(GrainHostSettings? settings = null) =>
        StartLaterAsync(settings ?? new GrainHostSettings(), TimeSpan.Zero);

    /// <summary>Starts a host when so much time has passed since an earlier one was started.</summary>
    public static async Task<GrainHost> StartLaterAsync(GrainHostSettings settings, TimeSpan later)
    {
        await Task.Delay(later);
        var host = new GrainHost(settings);
        await host._host.StartAsync();
        return host;
    }

    /// <summary>
    /// Lets time go by, at least so much. What it makes due has been started when the task completes.
    /// </summary>
    public Task PassAsync(TimeSpan time) => Task.Delay(time + Margin);

    public async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _host.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
