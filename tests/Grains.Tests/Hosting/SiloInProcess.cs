using System.Diagnostics.Metrics;
using Coordination.Engine.Checkpoint;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>A silo's services in the test's process, put together as the silo does it, but for the gateway.</summary>
internal sealed class SiloInProcess : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly IHost _host;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private bool _isStopped;

    private SiloInProcess(DataFolder folder, IHost host)
    {
        _folder = folder;
        _host = host;
    }

    public IGrainFactory Grains => Get<IGrainFactory>();

    public Replica Replica => Get<Replica>();

    public SessionCalls Sessions => Get<SessionCalls>();

    public SessionTracker Tracker => Get<SessionTracker>();

    public WritePipeline Pipeline => Get<WritePipeline>();

    public Ensemble Ensemble => Get<Ensemble>();

    public SiloWriter Writer => Get<SiloWriter>();

    public Checkpointer Checkpointer => Get<Checkpointer>();

    public ILog Log => Get<ILog>();

    public ICheckpoint Checkpoint => Get<ICheckpoint>();

    public static async Task<SiloInProcess> StartAsync(string path, SiloSettings? settings = null)
    {
        settings ??= new SiloSettings();
        var folder = DataFolder.Open(path, Genesis.State, Genesis.Znodes());
        try
        {
            var identity = Guid.NewGuid();
            var tracker = new SessionTracker(identity, settings.TickTime, settings.Time);
            var log = settings.WrapLog(folder.Log);
            var replica = await ReplicaLoader.LoadAsync(identity, log, folder.Checkpoint, tracker, default);
            var builder = Host.CreateEmptyApplicationBuilder(null);
            AddState(builder.Services, settings, folder, log, replica, tracker);
            GrainHosting.AddGrains(builder, settings, RemindersPath(folder));
            var silo = new SiloInProcess(folder, builder.Build());
            await silo.StartAsync(settings);
            return silo;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    public IZnodeGrain Znode(string path) => Grains.GetGrain<IZnodeGrain>(path);

    public ISessionGrain Session(long id) => Grains.GetGrain<ISessionGrain>(id);

    public Task<SessionTicket> OpenSessionAsync(long id, int timeoutMilliseconds = 10_000, params Credential[] credentials) =>
        Session(id).OpenAsync(new SessionOpening(timeoutMilliseconds, Credentials: credentials));

    /// <summary>How many reminders are stored.</summary>
    public int CountReminders() => GrainHosting.CountReminders(RemindersPath(_folder));

    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _host.StopAsync();
        await _stopping.CancelAsync();
        await Get<CommitLoop>().StopAsync(default);
        await Task.WhenAll(_running);
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _folder.DisposeAsync();
        _stopping.Dispose();
    }

    private static void AddState(
        IServiceCollection services, SiloSettings settings, DataFolder folder, ILog log, Replica replica,
        SessionTracker tracker)
    {
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IMeterFactory, MeterFactory>();
        services.AddSingleton(settings.Time);
        services.AddSingleton(log);
        services.AddSingleton(folder.Checkpoint);
        services.AddSingleton(folder.Notices);
        services.AddSingleton(replica);
        services.AddSingleton(Ensemble.Alone(replica.Identity));
        services.AddSingleton(tracker);
        services.AddSingleton(new SessionLimits(settings.LeastTimeout, settings.MostTimeout)
        {
            BackstopPeriod = settings.BackstopPeriod,
        });
        services.AddSingleton(settings.CheckpointPace ?? new CheckpointPace());
        services.AddSingleton<CommitMetrics>();
        services.AddSingleton<WritePipeline>();
        services.AddSingleton<CommitLoop>();
        if (settings.Audit is not null)
            services.AddSingleton(settings.Audit);
        if (settings.Connections is not null)
            services.AddSingleton(settings.Connections);
        services.AddSingleton<SiloWriter>();
        services.AddSingleton<LogTailReader>();
        services.AddSingleton<ReplicaReader>();
        // Whatever the clock of the test does, the checkpoint comes forward.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Checkpointer>(provider, TimeProvider.System));
        services.AddSingleton<SessionWriter>();
        services.AddSingleton<SessionCalls>();
        services.AddSingleton<SessionBackstop>();
        services.AddSingleton<SessionExpiry>();
    }

    private static string RemindersPath(DataFolder folder) => Path.Combine(folder.Path, "reminders.db");

    private async Task StartAsync(SiloSettings settings)
    {
        if (settings.AdoptsSessions)
        {
            foreach (var session in Replica.State.Sessions.Values)
                Tracker.Adopt(session);
        }
        Get<CommitLoop>().Start();
        if (settings.ExpiresSessions)
            _running.Add(Task.Run(() => Get<SessionExpiry>().RunAsync(_stopping.Token)));
        if (settings.CheckpointPace is not null)
            _running.Add(Task.Run(() => Checkpointer.RunAsync(_stopping.Token)));
        await _host.StartAsync();
    }

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();
}
