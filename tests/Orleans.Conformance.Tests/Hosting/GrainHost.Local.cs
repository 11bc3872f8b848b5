using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Orleans.Conformance.Hosting;

/// <summary>Runs the grains of this assembly on the runtime in src/Orleans.Local, by a clock of its own.</summary>
public sealed class GrainHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly Timer _watchdog;

    private GrainHost(GrainHostSettings settings)
    {
        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<Probe>();
        services.AddScoped<ScopedService>();
        services.AddLocalOrleans(options =>
        {
            options.GrainAssemblies.Add(typeof(GrainHost).Assembly);
            options.CollectionAge = settings.CollectionAge;
            options.CollectionQuantum = settings.CollectionQuantum;
            options.DeactivationTimeout = settings.DeactivationTimeout;
            options.MinimumReminderPeriod = settings.MinimumReminderPeriod;
            options.MaxEnqueuedRequestsHardLimit = settings.MaxEnqueuedRequests;
            options.ReminderDatabasePath = settings.ReminderStore;
        });
        _services = services.BuildServiceProvider();

        // A test that has gone wrong might wait for ever where time stands still. So, late, time goes by on its own.
        _watchdog = new Timer(_ => _time.Advance(TimeSpan.FromMinutes(1)), null, Patience, TimeSpan.FromSeconds(1));
    }

    /// <summary>How many ticks may fall due, of a reminder while a host stops and the next one starts, and of a timer before a
    /// test looks.</summary>
    public static int MostTicksMissed => 0;

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public Probe Probe => _services.GetRequiredService<Probe>();

    public static Task<GrainHost> StartAsync(GrainHostSettings? settings = null) =>
        StartLaterAsync(settings ?? new GrainHostSettings(), TimeSpan.Zero);

    /// <summary>Starts a host when so much time has passed since an earlier one was started.</summary>
    public static async Task<GrainHost> StartLaterAsync(GrainHostSettings settings, TimeSpan later)
    {
        var host = new GrainHost(settings);
        await host.PassAsync(later);
        foreach (IHostedService service in host._services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>
    /// Lets time go by, at least so much. What it makes due has been started when the task completes.
    /// </summary>
    public Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _watchdog.DisposeAsync();
        await _services.DisposeAsync();
    }
}
