using System.Diagnostics.Metrics;
using Coordination.Engine.Quotas;
using Coordination.Gateway;
using Coordination.Gateway.Authentication;
using Coordination.Gateway.Connections;
using Coordination.Gateway.FourLetterWords;
using Coordination.Gateway.Requests;
using Coordination.Gateway.Serving;
using Coordination.Gateway.Tls;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Connections;
using Coordination.Grains.Memory;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Sweeping;
using Coordination.Grains.Writing;
using Coordination.Silo.Flavours;
using Coordination.Silo.Http;
using Coordination.Silo.Options;
using Coordination.Storage;
using Coordination.Storage.Postgres;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordination.Silo;

/// <summary>Puts a silo together and runs it.</summary>
internal static class SiloHost
{
    /// <summary>Runs until the process is told to stop, or its log can no longer be trusted.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop before there was anything to run.</exception>
    public static async Task<int> RunAsync(
        SiloOptions options, IConfiguration configuration, IDataStore store, CancellationToken stop)
    {
        await using var app = await BuildAsync(options, configuration, store, stop);
        await using var stopping = stop.Register(app.Lifetime.StopApplication);
        var service = app.Services.GetRequiredService<SiloService>();
        if (await StartAsync(app))
        {
            Greeting.Print(options, store, app.Services.GetRequiredService<ServerMonitor>().Look());
            await StopAsync(app, service);
        }
        return service.ExitCode;
    }

    /// <summary>Puts a silo together, to be started.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before others knew of the silo.</exception>
    public static async Task<WebApplication> BuildAsync(
        SiloOptions options, IConfiguration configuration, IDataStore store, CancellationToken cancellationToken)
    {
        var identity = Guid.NewGuid();
        var tracker = new SessionTracker(identity, options.TickTime, TimeProvider.System)
        {
            OthersPatience = store.Log.IsShared ? LimitOf(options).Length : TimeSpan.Zero,
        };
        long began = tracker.Now;
        var replica = await ReplicaLoader.LoadAsync(identity, store.Log, store.Checkpoint, tracker, cancellationToken);
        if (replica.State.FormatLevel > options.FormatLevel)
        {
            throw new OptionException(
                $"the log has the format level {replica.State.FormatLevel}, --format-level lets it have {options.FormatLevel}");
        }

        // Until the log is looked at again, what is served is as old as the beginning of this.
        if (store.Log.IsShared)
            tracker.FreshUntil(began + (long)LimitOf(options).Length.TotalMilliseconds);

        // Empty: the other builders watch the working folder for settings, and so see every write to the data in it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.ClearProviders().AddConfiguration(configuration.GetSection("Logging")).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        // What keeps the host from starting is thrown, and told in a line of our own.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        AddState(builder.Services, options, store, replica, tracker);
        builder.AddGrains(options, store);
        cancellationToken.ThrowIfCancellationRequested();
        await AddClusterAsync(builder.Services, options, store, replica, tracker);
        AddGateway(builder.Services, options);
        Listen(builder.WebHost, options);

        var app = builder.Build();
        if (options.HttpPort != 0)
        {
            app.MapSiloPages();
            app.MapAdminPages();
        }
        app.Services.GetRequiredService<MetricsPage>();
        return app;
    }

    private static async Task StopAsync(WebApplication app, SiloService service)
    {
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (Exception) when (service.ExitCode != 0)
        {
            // What it failed by is thrown once more by the part that failed, and was told then.
        }
    }

    // What did start is stopped where another part did not: a silo of a cluster takes its leave, and nobody is told of more
    // than of what is thrown here. False where it was told to stop before it had started.
    private static async Task<bool> StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (Exception e)
        {
            await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (e is OperationCanceledException && app.Lifetime.ApplicationStopping.IsCancellationRequested)
                return false;
            throw;
        }
    }

    private static void AddState(
        IServiceCollection services, SiloOptions options, IDataStore store, Replica replica, SessionTracker tracker)
    {
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(store.Log);
        services.AddSingleton(store.Checkpoint);
        services.AddSingleton(store.Notices);
        services.AddSingleton(new StoreMonitor(store));
        services.AddSingleton(replica);
        services.AddSingleton(new FormatLevelLimit(options.FormatLevel));
        services.AddSingleton(tracker);
        services.AddSingleton(new SessionLimits(options.MinSessionTimeout, options.MaxSessionTimeout));
        services.AddSingleton(new CheckpointPace { KeptBytes = options.LogRetention });
        services.AddSingleton(provider => new CommitMetrics(provider.GetRequiredService<IMeterFactory>())
        {
            LongFlush = options.FsyncWarningThreshold,
        });
        services.AddSingleton(new SweepPace
        {
            Interval = options.ContainerCheckInterval,
            MostPerMinute = options.ContainerMaxPerMinute,
            MostNeverUsed = options.ContainerMaxNeverUsed,
        });
        services.AddSingleton<QuotaLog>();
        services.AddSingleton(provider => new QuotaSettings
        {
            AreEnforced = options.EnforceQuota,
            Listener = provider.GetRequiredService<QuotaLog>(),
        });
        services.AddSingleton(provider =>
            new WritePipeline(replica, TimeProvider.System, provider.GetRequiredService<QuotaSettings>())
            {
                MostRequests = options.GlobalOutstandingLimit,
                TakesTimeToLive = options.ExtendedTypesEnabled,
                BeginsEpoch = options.PeerType == SiloRole.Participant,
            });
        services.AddSingleton<CommitLoop>();
        services.AddSingleton<SiloWriter>();
        services.AddSingleton<LogTailReader>();
        services.AddSingleton<ReplicaReader>();
        services.AddSingleton<Checkpointer>();
        services.AddSingleton<SessionWriter>();
        services.AddSingleton<SessionCalls>();
        services.AddSingleton<SessionBackstop>();
        services.AddSingleton<SessionExpiry>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton(new MemoryLimits(options.MemorySoftLimit, options.MemoryHardLimit));
        services.AddSingleton<IProcessMemory, ProcessMemory>();
        services.AddSingleton<MemoryMonitor>();
        services.AddSingleton<SiloService>();
        services.AddHostedService(provider => provider.GetRequiredService<SiloService>());
    }

    private static async Task AddClusterAsync(
        IServiceCollection services, SiloOptions options, IDataStore store, Replica replica, SessionTracker tracker)
    {
        services.AddSingleton<ClusterService>();
        var lease = new SiloLease(options.SiloLease);
        services.AddSingleton(lease);
        services.AddSingleton<FormatLevelKeeper>();
        services.AddSingleton<ExtensionsPublisher>();
        if (store is not PostgresDatabase database)
        {
            services.AddSingleton(new SiloNumber(1));
            services.AddSingleton(Ensemble.Alone(replica.Identity));
            return;
        }
        long asked = tracker.Now;
        var entry = new SiloEntry(replica.Identity, options.AdvertisedClientAddress, options.PeerType, options.FormatLevel);
        int number = await database.Silos.EnterAsync(entry, CancellationToken.None);
        tracker.ServeUntil(lease.EndOfService(asked));
        // From here on: that the database goes away before the first look at it must not count against anybody.
        tracker.Reached(asked);
        var entered = await database.Silos.ReadAsync(CancellationToken.None);
        services.AddSingleton(new SiloNumber(number));
        services.AddSingleton(new Ensemble(replica.Identity, options.PeerType, entered));
        services.AddSingleton(database.Silos);
        services.AddSingleton(LimitOf(options));
        services.AddSingleton<LogFollower>();
        services.AddSingleton<LeaseGuard>();
        services.AddSingleton<SiloLiveness>();
        services.AddSingleton<EnsemblePublisher>();
    }

    // What is older than the lease allows may be of sessions that another silo answers for by now.
    private static SyncLimit LimitOf(SiloOptions options)
    {
        var patience = new SiloLease(options.SiloLease).Patience;
        return new SyncLimit(options.SyncLimit < patience ? options.SyncLimit : patience);
    }

    private static void AddGateway(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton<ConfigurationWords>();
        services.AddSingleton(provider => new GatewayOptions
        {
            LongestFrame = options.JuteMaxBuffer,
            MostConnectionsPerAddress = options.MaxClientConnections,
            MostConnections = options.MaxConnections,
            ConnectTimeout = options.ConnectTimeout,
            TakesReadOnlySessions = options.ReadOnlyMode,
            MostOutstanding = Math.Min(1000, options.GlobalOutstandingLimit),
            ConnectionTokens = options.ConnectionThrottleTokens,
            ConnectionFillTime = options.ConnectionThrottleFillTime,
            ConnectionFillCount = options.ConnectionThrottleFillCount,
            LargeRequestThreshold = options.LargeRequestThreshold,
            MostLargeRequestBytes = options.LargeRequestMaxBytes,
            FourLetterWords = options.FourLetterWords,
            AllFourLetterWords = options.FourLetterWords.Contains("*"),
            Authentication = new AuthenticationOptions
            {
                SuperDigest = options.SuperDigest,
                SkipsAcls = options.SkipAcl,
                EnforcedSchemes = options.EnforcedAuthSchemes,
                SaslPasswords = options.SaslPasswords,
                SuperUsers = options.SuperUsers,
            },
            Configuration = () => provider.GetRequiredService<ConfigurationWords>().LinesAsync(),
            DataSize = async () =>
            {
                var figures = await provider.GetRequiredService<StoreMonitor>().MeasureAsync();
                return (figures.DataBytes, figures.LogBytes);
            },
        });
        if (options.AuditEnable)
            services.AddAuditLog(options);
        services.AddSingleton<ServerVersion>();
        services.AddSingleton<ServerStatistics>();
        services.AddSingleton<GatewayLog>();
        services.AddSingleton<UpdateHistory>();
        services.AddSingleton<ChildWalks>();
        services.AddSingleton<GatewayServices>();
        services.AddSingleton<ConnectionTable>();
        services.AddSingleton<ConnectionThrottle>();
        services.AddSingleton<LargeRequests>();
        services.AddSingleton<SessionIds>();
        if (options.Tls is not null)
        {
            services.AddSingleton(options.Tls);
            services.AddSingleton<TlsFiles>();
            services.AddSingleton<TlsConnections>();
        }
        services.AddSingleton<ServingState>();
        services.AddSingleton<ServingWatch>();
        services.AddSingleton<ReadOnlySessions>();
        services.AddSingleton<ServerMonitor>();
        services.AddSingleton<ServerListings>();
        services.AddSingleton<WordAnswers>();
        services.AddSingleton<ZooKeeperConnectionHandler>();
        services.AddSingleton<GrainConnections>();
        services.AddSingleton<IConnectionServer>(provider => provider.GetRequiredService<GrainConnections>());
        services.AddHostedService(provider => provider.GetRequiredService<GrainConnections>());
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<AdminListings>();
        services.AddSingleton<EnsembleCommands>();
        services.AddSingleton<AdminCommands>();
    }

    private static void Listen(IWebHostBuilder host, SiloOptions options)
    {
        host.UseKestrelCore();
        host.UseSockets(sockets =>
        {
            // What a connection has sent is answered on the thread that received it: no hop for a read.
            sockets.UnsafePreferInlineScheduling = true;
            // A frame of the greatest length must fit while it is incomplete.
            sockets.MaxReadBufferSize = 2L * options.JuteMaxBuffer + 64 * 1024;
            sockets.CreateBoundListenSocket = new ListenPlaces(options).Bind;
        });
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.ClientAddress, options.ClientPort,
                listen => listen.UseConnectionHandler<ZooKeeperConnectionHandler>());
            if (options.SecureClientPort != 0)
            {
                kestrel.Listen(options.SecureClientAddress, options.SecureClientPort, listen =>
                {
                    var tls = kestrel.ApplicationServices.GetRequiredService<TlsConnections>();
                    listen.Use(next => connection => tls.OnConnectedAsync(connection, next));
                    listen.UseConnectionHandler<ZooKeeperConnectionHandler>();
                });
            }
            if (options.HttpPort != 0)
            {
                kestrel.Listen(options.HttpAddress, options.HttpPort,
                    listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
    }
}
