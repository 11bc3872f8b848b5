using System.Diagnostics;
using System.Globalization;
using Coordination.Client.Tests.ThroughGrains;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Client.Tests.Faults;

/// <summary>Under faults of every kind there are never two holders of a lock, nor two leaders, whose fenced writes are both
/// accepted; and who is sure to be one, by its own clock, is.</summary>
/// <remarks>COORDINATION_TEST_FAULTS says how much goes wrong; through grains, COORDINATION_TEST_FAULT_SECONDS for how
/// long.</remarks>
public sealed class ContentionTests(ITestOutputHelper output)
{
    private const int Contenders = 4;

    // Two ticks: the shortest that the servers give.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_sessionTimeout = 2 * s_tick;

    private static readonly int s_faults =
        Environment.GetEnvironmentVariable("COORDINATION_TEST_FAULTS") is { Length: > 0 } faults
            ? int.Parse(faults, CultureInfo.InvariantCulture) : 80;

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(
        Environment.GetEnvironmentVariable("COORDINATION_TEST_FAULT_SECONDS") is { Length: > 0 } seconds
            ? int.Parse(seconds, CultureInfo.InvariantCulture) : 20);

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task One_server(ServerKind kind)
    {
        await using var server = await Servers.StartAsync(kind, s_tick);
        await FightAsync([server], TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Silos_on_one_database()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, TickTime = s_tick });
        await FightAsync(cluster.Silos, TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_silo_through_its_grains()
    {
        string tick = ((int)s_tick.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await using var silo = await SiloInProcess.StartAsync(FreePort.Take(), "--tick-time", tick);
        await FightAsync(silo);
    }

    [Fact]
    public async Task A_silo_through_its_grains_that_is_killed()
    {
        await using var silo = await SiloOfProcess.StartAsync(s_tick);
        await FightAsync(silo);
    }

    // Whether what is fought for has changed hands, and sessions have ended, often enough to tell anything.
    private static bool IsFought(Dictionary<string, FencedStore> stores, int expirations) =>
        expirations > 0 && stores.Values.All(static store => store.Terms > Contenders);

    private static Dictionary<string, FencedStore> Stores() => new() { ["lock"] = new(), ["master"] = new() };

    private async Task FightAsync(IReadOnlyList<SiloProcess> servers, TimeSpan serverKilledEvery)
    {
        var stores = Stores();
        var clock = Stopwatch.StartNew();
        await using var field = new Battlefield(servers, Contenders, s_sessionTimeout, stores);
        await field.FightAsync(s_faults, serverKilledEvery, () => IsFought(stores, field.Expirations));
        var fought = clock.Elapsed;
        await field.StopAsync(3 * Servers.Soon);
        Judge(stores, field.Faults, field.Expirations, fought);
    }

    private async Task FightAsync(IGrainSilo silo)
    {
        var stores = Stores();
        var clock = Stopwatch.StartNew();
        await using var field = new GrainBattlefield(silo, Contenders, s_sessionTimeout, stores);
        await field.FightAsync(s_time, TimeSpan.FromSeconds(4), () => IsFought(stores, field.Expirations));
        var fought = clock.Elapsed;
        await field.StopAsync(3 * Servers.Soon);
        Judge(stores, field.Faults, field.Expirations, fought);
    }

    private void Judge(
        Dictionary<string, FencedStore> stores, IReadOnlyDictionary<string, int> faults, int expirations, TimeSpan fought)
    {
        foreach (var (fault, count) in faults.OrderBy(static fault => fault.Key, StringComparer.Ordinal))
            output.WriteLine($"{count,6} {fault}");
        output.WriteLine($"{expirations,6} sessions ended before their client, in {fought.TotalSeconds:0} s");
        foreach (var (name, store) in stores)
        {
            output.WriteLine($"{store.Terms,6} times {name} was held; {store.Accepted} writes accepted, {store.Refused} refused");
            Assert.Empty(store.Violations);
        }
        Assert.True(IsFought(stores, expirations), "too little has changed hands");
    }
}
