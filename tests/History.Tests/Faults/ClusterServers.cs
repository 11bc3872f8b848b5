using System.Collections.Concurrent;
using System.Net;
using Coordination.Engine.Log;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
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
    private static readonly TimeSpan s_hold = 8 * s_lease;
    private static readonly TimeSpan s_isolationFromSilos = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestRecovery = TimeSpan.FromSeconds(180);

    private readonly SiloCluster _cluster;
    private readonly List<TcpProxy> _networks;
    private readonly List<TcpProxy> _clientNetworks;
    private readonly SiloNetworks? _amongSilos;
    private readonly DatabaseReplacement _replacement;
    private readonly bool _isOlder;
    private readonly int _longestFault;
    private readonly ConcurrentDictionary<int, bool> _failing = [];
    private volatile bool _databaseFails;
    private bool _isReplaced;

    private ClusterServers(
        SiloCluster cluster, ClusterOptions options, List<TcpProxy> networks, SiloNetworks? amongSilos, TimeSpan longestFault)
    {
        _cluster = cluster;
        _replacement = new DatabaseReplacement(cluster, networks, s_lease);
        _amongSilos = amongSilos;
        _isOlder = options.Version != SiloVersion.Current;
        _networks = networks;
        _clientNetworks = [.. cluster.EndPoints.Select(silo => new TcpProxy(silo))];
        _longestFault = (int)longestFault.TotalMilliseconds;
    }

    public IReadOnlyList<IPEndPoint> EndPoints => [.. _clientNetworks.Select(network => network.EndPoint)];

    public TimeSpan MostStaleness => s_lease;

    public Loss? Loss => _replacement.Loss;

    public static Task<ClusterServers> StartAsync(TimeSpan tick, TimeSpan longestFault) =>
        StartAsync(new ClusterOptions { TickTime = tick }, null, longestFault);

    /// <summary>Starts silos of an older version, each of which is replaced by one of this while others fail.</summary>
    public static Task<ClusterServers> StartOlderAsync(TimeSpan tick, TimeSpan longestFault) =>
        StartAsync(new ClusterOptions { TickTime = tick, Version = SiloVersion.Older }, null, longestFault);

    /// <summary>Starts silos whose database is replaced by an older state of it, or by a standby.</summary>
    public static async Task<ClusterServers> StartForReplacementAsync(TimeSpan tick, TimeSpan longestFault)
    {
        var servers = await StartAsync(tick, longestFault);
        servers._isReplaced = true;
        return servers;
    }

    /// <summary>Starts silos that can also be cut off from each other.</summary>
    public static async Task<ClusterServers> StartApartAsync(TimeSpan tick, TimeSpan longestFault)
    {
        var amongSilos = await SiloNetworks.MakeAsync(new ClusterOptions().Silos);
        try
        {
            return await StartAsync(new ClusterOptions { TickTime = tick }, amongSilos, longestFault);
        }
        catch
        {
            await amongSilos.DisposeAsync();
            throw;
        }
    }

    public async Task FailAsync(FaultDiary diary, Random random, CancellationToken stopping)
    {
        var holding = Task.CompletedTask;
        if (_isReplaced)
        {
            using var untilThen = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            untilThen.CancelAfter(_longestFault);
            await FailAtRandomAsync(diary, random, untilThen.Token);
            await RecoverAsync(diary);
            holding = random.Next(2) == 0 ? Task.CompletedTask : HoldAsync(diary, random.Next(_cluster.Silos.Count));
            await _replacement.ReplaceAsync(diary, random);
        }
        await FailAtRandomAsync(diary, random, stopping);
        await holding;
        await RecoverAsync(diary);
        if (_isOlder)
            await WaitUntilRaisedAsync();
    }

    public async Task<bool> AnyIsOpenAsync(IReadOnlyCollection<long> sessions, CancellationToken cancellationToken)
    {
        var open = new HashSet<long>();
        foreach (var entry in (await ReadLogAsync(cancellationToken)).Entries)
        {
            if (entry.Change.Kind == EntryKind.OpenSession)
                open.Add(entry.Change.SessionId);
            else if (entry.Change.Kind == EntryKind.CloseSession)
                open.Remove(entry.Change.SessionId);
        }
        return open.Overlaps(sessions);
    }

    public Task<CommittedLog> ReadLogAsync(CancellationToken cancellationToken) => _replacement.ReadLogAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _replacement.DisposeAsync();
        foreach (var network in _networks.Concat(_clientNetworks))
            await network.DisposeAsync();
        if (_amongSilos is not null)
            await _amongSilos.DisposeAsync();
    }

    private async Task FailAtRandomAsync(FaultDiary diary, Random random, CancellationToken stopping)
    {
        var failing = new List<Task> { IsolateAsync(diary, random) };
        var upgrading = _isOlder ? UpgradeAsync(diary, new Random(random.Next())) : Task.CompletedTask;
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
        await Task.WhenAll([.. failing, upgrading]);
    }

    // Until the others have gone on with another database: its log may be longer then than what the one has of the lost.
    private async Task HoldAsync(FaultDiary diary, int number)
    {
        _failing.TryAdd(number, true);
        await SiloFaults.PauseAsync(_cluster.Silos[number], Name(number), diary, s_hold);
        _failing.TryRemove(number, out _);
    }

    private static string Name(int silo) => $"silo {silo}";

    private static async Task<ClusterServers> StartAsync(ClusterOptions options, SiloNetworks? amongSilos, TimeSpan longestFault)
    {
        var networks = new List<TcpProxy>();
        options = options with
        {
            Lease = s_lease,
            Arguments = _ => SingleServer.Arguments,
            ConnectionString = (silo, direct) => Through(
                networks, direct, amongSilos is null ? IPAddress.Loopback : IPAddress.Parse(amongSilos.DatabaseAddressOf(silo))),
        };
        if (amongSilos is not null)
        {
            options = options with
            {
                Place = silo => new SiloPlace(
                    amongSilos.NamespaceOf(silo), amongSilos.ClientAddressOf(silo), amongSilos.SiloAddressOf(silo)),
            };
        }
        var cluster = await SiloCluster.StartAsync(options);
        return new ClusterServers(cluster, options, networks, amongSilos, longestFault);
    }

    private static string Through(List<TcpProxy> networks, string direct, IPAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder(direct);
        var network = new TcpProxy(new IPEndPoint(IPAddress.Parse(settings.Host!), settings.Port), address);
        networks.Add(network);
        settings.Host = network.EndPoint.Address.ToString();
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
        var database = _replacement.Current;
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

    // One after the other, each after the two versions have been at work together for a while.
    private async Task UpgradeAsync(FaultDiary diary, Random random)
    {
        for (int number = 0; number < _cluster.Silos.Count; number++)
        {
            await Task.Delay(random.Next(1000, _longestFault));
            while (!_failing.TryAdd(number, true))
                await Task.Delay(s_betweenLooks);
            await SiloFaults.UpgradeAsync(_cluster.Silos[number], Name(number), diary, random);
            _failing.TryRemove(number, out _);
        }
    }

    // All silos are of this version then, and what it alone reads may be written.
    private async Task WaitUntilRaisedAsync()
    {
        using var longest = new CancellationTokenSource(s_longestRecovery);
        while (!(await ReadLogAsync(longest.Token)).Raises.Any(raise => raise.Change.Number == LogFormat.CurrentLevel))
            await Task.Delay(s_betweenLooks, longest.Token);
    }

    // In each run once, for longer than a silo may serve what it has: whether it then does, those see who read there.
    private async Task IsolateAsync(FaultDiary diary, Random random)
    {
        int number;
        do
            number = random.Next(_cluster.Silos.Count);
        while (!_failing.TryAdd(number, true));
        // Longer than Orleans waits for who is silent.
        if (_amongSilos is not null)
            await CutFromSilosAsync(_amongSilos, number, diary, s_isolationFromSilos);
        else if (random.Next(2) == 0)
            await SiloFaults.PauseAsync(_cluster.Silos[number], Name(number), diary, s_isolation);
        else
            await CutAsync(ToDatabase(number), "network silent", _networks[number].Silence, s_isolation, diary, random);
        _failing.TryRemove(number, out _);
    }

    private Task FailSiloAsync(int number, FaultDiary diary, Random random)
    {
        if (_amongSilos is not null && random.Next(3) == 0)
            return CutFromSilosAsync(_amongSilos, number, diary, TimeSpan.FromMilliseconds(random.Next(100, _longestFault)));
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

    private static async Task CutFromSilosAsync(SiloNetworks networks, int number, FaultDiary diary, TimeSpan length)
    {
        diary.Fault("network silent among silos", $"at {Name(number)} for {length.TotalMilliseconds} ms");
        networks.CutFromSilos(number);
        await Task.Delay(length);
        networks.JoinToSilos(number);
        diary.Note($"{Name(number)} and the other silos reach each other again");
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
