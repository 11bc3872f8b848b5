using System.Diagnostics;
using System.Globalization;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Client.Tests.Faults;

/// <summary>Under faults of every kind there are never two holders of a lock, nor two leaders, whose fenced writes are both
/// accepted; and who is sure to be one, by its own clock, is.</summary>
/// <remarks>COORDINATION_TEST_FAULTS says how much goes wrong.</remarks>
public sealed class ContentionTests(ITestOutputHelper output)
{
    private const int Contenders = 4;

    // Two ticks: the shortest that the servers give.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_sessionTimeout = 2 * s_tick;

    private static readonly int s_faults =
        Environment.GetEnvironmentVariable("COORDINATION_TEST_FAULTS") is { Length: > 0 } faults
            ? int.Parse(faults, CultureInfo.InvariantCulture) : 80;

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

    private async Task FightAsync(IReadOnlyList<SiloProcess> servers, TimeSpan serverKilledEvery)
    {
        var stores = new Dictionary<string, FencedStore> { ["lock"] = new(), ["master"] = new() };
        var clock = Stopwatch.StartNew();
        await using var field = new Battlefield(servers, Contenders, s_sessionTimeout, stores);
        await field.FightAsync(s_faults, serverKilledEvery);
        var fought = clock.Elapsed;
        await field.StopAsync(3 * Servers.Soon);
        foreach (var (fault, count) in field.Faults.OrderBy(static fault => fault.Key, StringComparer.Ordinal))
            output.WriteLine($"{count,6} {fault}");
        output.WriteLine($"{field.Expirations,6} sessions ended before their client, in {fought.TotalSeconds:0} s");
        foreach (var (name, store) in stores)
        {
            output.WriteLine($"{store.Terms,6} times {name} was held; {store.Accepted} writes accepted, {store.Refused} refused");
            Assert.Empty(store.Violations);
            Assert.True(store.Terms > Contenders, $"{name} had only {store.Terms} holders");
        }
        Assert.True(field.Expirations > 0, "no session ended");
    }
}
