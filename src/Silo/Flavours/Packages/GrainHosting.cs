using System.Net;
using Coordination.Grains.Cluster;
using Coordination.Storage;
using Coordination.Storage.Postgres;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService;
using SiloOptions = Coordination.Silo.Options.SiloOptions;

namespace Coordination.Silo.Flavours;

/// <summary>Hosts the grains on Microsoft Orleans: the <c>packages</c> flavour.</summary>
internal static class GrainHosting
{
    private const string Invariant = "Npgsql";

    /// <summary>Adds the grains and what runs them.</summary>
    /// <remarks>Silos that share a database are one cluster, by tables in the cluster's schema. A silo with a folder to
    /// itself is a cluster of one; where it is given no ports, none are opened.</remarks>
    public static void AddGrains(this WebApplicationBuilder builder, SiloOptions options, IDataStore store)
    {
        // Orleans tells in its name which part of a ring it has, which means nothing here.
        builder.Logging.AddFilter(typeof(ServingService).FullName, LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = options.Cluster);
            silo.Services.AddSingleton<IFatalErrorHandler, OrleansFailure>();
            if (store is PostgresDatabase database)
                Join(silo, options, database.ConnectionString);
            else
                StandAlone(silo, options);
        });
    }

    /// <summary>Where Orleans listens. It would tell of a port that is taken when others know this silo already, and at
    /// length.</summary>
    public static IEnumerable<ListenPlace> Places(SiloOptions options)
    {
        if (options.SiloPort != 0)
            yield return new("--silo-port", "--silo-address", new IPEndPoint(options.SiloAddress, options.SiloPort));
        if (options.GatewayPort != 0)
            yield return new("--gateway-port", "--silo-address", new IPEndPoint(options.SiloAddress, options.GatewayPort));
    }

    /// <summary>Checks the files that the grains keep beside the data: there are none.</summary>
    public static void CheckFiles(SiloOptions options)
    {
    }

    private static void Join(ISiloBuilder silo, SiloOptions options, string connectionString)
    {
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = options.SiloAddress;
            endpoint.SiloPort = options.SiloPort;
            endpoint.GatewayPort = options.GatewayPort;
        });
        silo.UseAdoNetClustering(table =>
        {
            table.Invariant = Invariant;
            table.ConnectionString = connectionString;
        });
        FarewellTable.Install<AdoNetClusteringTable>(silo.Services);
        silo.UseAdoNetReminderService(reminders =>
        {
            reminders.Invariant = Invariant;
            reminders.ConnectionString = connectionString;
        });
        silo.AddAdoNetGrainStorageAsDefault(storage =>
        {
            storage.Invariant = Invariant;
            storage.ConnectionString = connectionString;
        });
        silo.Configure<ClusterMembershipOptions>(membership => Tune(membership, options.SiloLease));
        silo.AddGrainService<ServingService>();
        silo.Services.AddSingleton<IServingSilos, ServingSilos>();
        silo.Services.AddSingleton<StrandingWatch>();
    }

    // What a session's reminder is there for, a start does here: it adopts all sessions. So reminders may go with the process.
    private static void StandAlone(ISiloBuilder silo, SiloOptions options)
    {
        int siloPort = options.SiloPort == 0 ? EndpointOptions.DEFAULT_SILO_PORT : options.SiloPort;
        var self = new IPEndPoint(options.SiloAddress, siloPort);
        silo.UseLocalhostClustering(siloPort, options.GatewayPort, self, options.Cluster, options.Cluster);
        silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = options.SiloAddress);
        silo.AddReminders();
        silo.Services.AddSingleton<IReminderTable, MemoryReminderTable>();
        silo.AddMemoryGrainStorageAsDefault();
        if (options.SiloPort == 0)
            DeafListeners.Install(silo.Services);
    }

    // A silo that dies is out after three to five seconds: it misses three probes, one a second, nothing else came from it
    // for as long as they may take, and two others say so. ZooKeeper's clients do not wait for that: their reads and writes
    // pass through no grain. Who gives silos a longer lease expects longer pauses: Orleans is patient in proportion.
    private static void Tune(ClusterMembershipOptions membership, TimeSpan lease)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.3);
        membership.NumMissedProbesLimit = Math.Max(3, (int)Math.Ceiling(lease.TotalSeconds * 3 / 10));
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        // Compared by the clocks of different machines, hence long. It is what a silo waits for that starts where others
        // have died and none is left to say so.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 4;
    }
}
