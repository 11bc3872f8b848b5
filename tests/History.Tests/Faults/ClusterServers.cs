using System.Collections.Concurrent;
using System.Net;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.History.Tests.Logs;
using Coordination.Storage.Postgres;
using Coordination.Testing;
using Npgsql;

namespace Coordination.History.Tests.Faults;

/// <summary>Three silos on one PostgreSQL, which each of them reaches through a network of its own, and its clients reach it
/// through another.</summary>
internal sealed class ClusterServers : IServers
{
    private const int MostFaultsAtOnce = 2;
    private const int ShortFault = 1500;
    private const int LongestRefusal = 500;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_isolation = 2.5 * s_lease;
    private static readonly TimeSpan s_longestRecovery = TimeSpan.FromSeconds(180);

    private readonly SiloCluster _cluster;
    private readonly List<TcpProxy> _networks;
    private readonly List<TcpProxy> _clientNetworks;
    private readonly int _longestFault;
    private readonly ConcurrentDictionary<int, bool> _failing = [];
    private volatile bool _databaseFails;

    private ClusterServers(SiloCluster cluster, List<TcpProxy> networks, TimeSpan longestFault)
    {
        _cluster = cluster;
        _networks = networks;
        _clientNetworks = [.. cluster.EndPoints.Select(silo => new TcpProxy(silo))];
        _longestFault = (int)longestFault.TotalMilliseconds;
    }

    public IReadOnlyList<IPEndPoint> EndPoints => [.. _clientNetworks.Select(network => network.EndPoint)];

    public TimeSpan MostStaleness => s_lease;

    public static async Task<ClusterServers> StartAsync(TimeSpan tick, TimeSpan longestFault)
    {
        var networks = new List<TcpProxy>();
        var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            TickTime = tick,
            Lease = s_lease,
            Arguments = _ => SingleServer.Arguments,
            ConnectionString = (_, direct) => Through(networks, direct),
        });
        return new ClusterServers(cluster, networks, longestFault);
    }

    public async Task FailAsync(FaultDiary diary, Random random, CancellationToken stopping)
    {
        var failing = new List<Task> { IsolateAsync(diary, random) };
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(random.Next(200, 1500), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var over in failing.Where(fault => fault.IsCompleted).ToList())
            {
                failing.Remove(over);
                await over;
            }
            for (int i = 0; i < _cluster.Silos.Count; i++)
            {
                if (!_failing.ContainsKey(i))
                    SiloFaults.LaunchIfExited(_cluster.Silos[i], Name(i), diary);
            }
            if (failing.Count < MostFaultsAtOnce && !stopping.IsCancellationRequested)
                failing.Add(FailOnceAsync(diary, new Random(random.Next())));
        }
        await Task.WhenAll(failing);
        await RecoverAsync(diary);
    }

    public async Task<bool> AnyIsOpenAsync(IReadOnlyCollection<long> sessions, CancellationToken cancellationToken)
    {
        var log = await ReadLogAsync(cancellationToken);
        var closed = log.Entries.Where(entry => entry.Change.Kind == EntryKind.CloseSession)
            .Select(entry => entry.Change.SessionId).ToHashSet();
        return sessions.Any(session => !closed.Contains(session));
    }

    public async Task<CommittedLog> ReadLogAsync(CancellationToken cancellationToken)
    {
        await using var database = await PostgresDatabase.OpenAsync(
            _cluster.Database.ConnectionString, _cluster.Name, Genesis.State, Genesis.Znodes(), cancellationToken);
        return await CommittedLog.ReadAsync(database.Log, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var network in _networks.Concat(_clientNetworks))
            await network.DisposeAsync();
    }

    private static string Name(int silo) => $"silo {silo}";

    private static string Through(List<TcpProxy> networks, string direct)
    {
        var settings = new NpgsqlConnectionStringBuilder(direct);
        var network = new TcpProxy(new IPEndPoint(IPAddress.Parse(settings.Host!), settings.Port));
        networks.Add(network);
        settings.Port = network.EndPoint.Port;
        return settings.ConnectionString;
    }

    private static async Task CutAsync(
        Wire wire, string name, Action fail, TimeSpan length, FaultDiary diary, Random random)
    {
        diary.Fault($"{name} before {wire.OtherEnd}", $"at {wire.Silo} for {length.TotalMilliseconds} ms");
        fail();
        await Task.Delay(length);
        // What was held up comes late; or never, and for a while nobody can ask what became of it.
        if (random.Next(2) == 0)
        {
            wire.Network.Refuse();
            await Task.Delay(random.Next(LongestRefusal));
        }
        wire.Network.Restore();
        diary.Note($"{wire.Silo} and {wire.OtherEnd} reach each other again");
    }

    private async Task FailOnceAsync(FaultDiary diary, Random random)
    {
        if (!_databaseFails && random.Next(4) == 0)
        {
            _databaseFails = true;
            await FailDatabaseAsync(diary, random);
            _databaseFails = false;
            return;
        }
        int silo = random.Next(_cluster.Silos.Count);
        if (!_failing.TryAdd(silo, true))
            return;
        await FailSiloAsync(silo, diary, random);
        _failing.TryRemove(silo, out _);
    }

    private async Task FailDatabaseAsync(FaultDiary diary, Random random)
    {
        var database = _cluster.Database;
        switch (random.Next(3))
        {
            case 0:
                diary.Fault("database killed");
                await database.KillAsync();
                await Task.Delay(random.Next(2) == 0 ? 0 : random.Next(_longestFault));
                await database.StartAgainAsync();
                break;
            case 1:
                diary.Fault("database restarted");
                await database.StopAsync();
                await database.StartAgainAsync();
                break;
            default:
                diary.Fault("database paused");
                database.Pause();
                await Task.Delay(random.Next(100, _longestFault));
                database.Continue();
                break;
        }
        diary.Note("the database is there again");
    }

    // In each run once, for longer than a silo may serve what it has: whether it then does, those see who read there.
    private async Task IsolateAsync(FaultDiary diary, Random random)
    {
        int number = random.Next(_cluster.Silos.Count);
        _failing.TryAdd(number, true);
        if (random.Next(2) == 0)
            await SiloFaults.PauseAsync(_cluster.Silos[number], Name(number), diary, s_isolation);
        else
            await CutAsync(ToDatabase(number), "network silent", _networks[number].Silence, s_isolation, diary, random);
        _failing.TryRemove(number, out _);
    }

    private Task FailSiloAsync(int number, FaultDiary diary, Random random)
    {
        var silo = _cluster.Silos[number];
        return random.Next(13) switch
        {
            < 3 => SiloFaults.KillAsync(silo, Name(number), diary, random),
            3 => SiloFaults.TerminateAsync(silo, Name(number), diary, random),
            4 => SiloFaults.LeaveAsync(
                silo, Name(number), diary, TimeSpan.FromMilliseconds(random.Next(100, _longestFault))),
            < 7 => SiloFaults.PauseAsync(
                silo, Name(number), diary, TimeSpan.FromMilliseconds(random.Next(100, _longestFault))),
            < 11 => CutAsync(ToDatabase(number), diary, random),
            _ => CutAsync(ToClients(number), diary, random),
        };
    }

    private Wire ToDatabase(int number) => new(_networks[number], Name(number), "the database");

    private Wire ToClients(int number) => new(_clientNetworks[number], Name(number), "its clients");

    private Task CutAsync(Wire wire, FaultDiary diary, Random random)
    {
        // Half of them are over before anybody takes anybody for dead: what is under way then goes on where it was.
        var length = TimeSpan.FromMilliseconds(random.Next(100, random.Next(2) == 0 ? ShortFault : _longestFault));
        var (name, fail) = random.Next(3) switch
        {
            0 => ("network silent", (Action)wire.Network.Silence),
            1 => ("network cut", wire.Network.Refuse),
            _ => ("network silent to who asks", wire.Network.SilenceAnswers),
        };
        return CutAsync(wire, name, fail, length, diary, random);
    }

    private async Task RecoverAsync(FaultDiary diary)
    {
        using var longest = new CancellationTokenSource(s_longestRecovery);
        for (int i = 0; i < _cluster.Silos.Count; i++)
        {
            while (true)
            {
                try
                {
                    SiloFaults.LaunchIfExited(_cluster.Silos[i], Name(i), diary);
                    await _cluster.Silos[i].WaitUntilReadyAsync();
                    break;
                }
                catch (InvalidOperationException) when (!longest.IsCancellationRequested)
                {
                    // It was taken for dead while it failed, and is started again.
                }
            }
        }
    }

    private sealed record Wire(TcpProxy Network, string Silo, string OtherEnd);
}
