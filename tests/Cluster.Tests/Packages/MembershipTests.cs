using System.Diagnostics;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Orleans.Runtime;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>When Orleans takes a silo for dead, and that nobody who writes waits for it.</summary>
public sealed class MembershipTests(ITestOutputHelper output)
{
    private const int Victim = 0;

    private static readonly TimeSpan s_earliest = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan s_latest = TimeSpan.FromSeconds(5);
    // What a busy machine may take longer, and the next look at the table.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(0.5);
    // Well below what it takes to notice: whoever waited for that would be found out.
    private static readonly TimeSpan s_longestGap = TimeSpan.FromSeconds(ClusterSettings.IsMeasured ? 0.25 : 1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Two probes in three are missed, one more would be too many.
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_betweenHolds = TimeSpan.FromSeconds(4);
    // Where the machine itself stood still for so long, the silos did.
    private static readonly TimeSpan s_standstill = TimeSpan.FromSeconds(1);

    [Fact]
    public Task A_silo_that_is_silent_is_dead_after_three_to_five_seconds_and_nobody_waits_for_that() => FaultRounds.RunAsync(async () =>
    {
        await using var membership = await Membership.StartAsync();
        var silo = membership.Cluster.Silos[Victim];
        var noticed = await LoseAsync(membership, () =>
        {
            silo.Pause();
            return Task.CompletedTask;
        });
        Assert.InRange(noticed, s_earliest, s_latest + s_slack);
        silo.Continue();
        Assert.Equal(1, await silo.WaitForExitAsync(s_patience));
        Assert.Contains("took this one for dead", silo.Output, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_silo_that_died_is_dead_within_five_seconds_and_nobody_waits_for_that() => FaultRounds.RunAsync(async () =>
    {
        await using var membership = await Membership.StartAsync();
        var noticed = await LoseAsync(membership, membership.Cluster.Silos[Victim].KillAsync);
        Assert.InRange(noticed, TimeSpan.Zero, s_latest + s_slack);
    });

    [Fact]
    public Task Nobody_is_taken_for_dead_who_works_hard_or_stands_still_for_a_moment() => FaultRounds.RunAsync(async () =>
    {
        await using var membership = await Membership.StartAsync();
        var cluster = membership.Cluster;
        long began = MachineWatch.Begin();
        await using var load = await ClusterLoad.StartAsync(cluster, 8, s_timeout);
        for (int held = 0; Stopwatch.GetElapsedTime(began) < ClusterSettings.HardWork; held = (held + 1) % cluster.Silos.Count)
        {
            await Task.Delay(s_betweenHolds);
            await ThrowIfAnyDiedAsync(membership, began);
            cluster.Silos[held].Pause();
            await Task.Delay(s_hold);
            cluster.Silos[held].Continue();
        }
        // Whoever was about to be taken for dead would be by now.
        await Task.Delay(s_latest);
        await ThrowIfAnyDiedAsync(membership, began);
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        output.WriteLine(
            $"{load.Acknowledged} writes in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, the longest standstill of the machine "
            + $"was {MachineWatch.LongestStandstill(began).TotalMilliseconds:0} ms");
    });

    private static async Task ThrowIfAnyDiedAsync(Membership membership, long since)
    {
        var dead = await membership.DeadAsync();
        var silos = membership.Cluster.Silos;
        string[] lost = [.. Enumerable.Range(0, silos.Count).Where(number => dead.Contains(number) || silos[number].HasExited)
            .Select(number => $"silo {number} was taken for dead, or ended:\n{silos[number].Output}")];
        if (lost.Length > 0 && MachineWatch.LongestStandstill(since) >= s_standstill)
            Assert.Fail($"after the machine stood still for {MachineWatch.LongestStandstill(since)}, {string.Join('\n', lost)}");
        BrokenPromiseException.ThrowUnless(lost.Length == 0, string.Join('\n', lost));
    }

    // How long it took until it was known.
    private async Task<TimeSpan> LoseAsync(Membership membership, Func<Task> loseAsync)
    {
        var cluster = membership.Cluster;
        await using var client = await OrleansClient.ConnectAsync(cluster);
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout, [.. cluster.EndPoints.Skip(Victim + 1)]);
        long began = MachineWatch.Begin();
        await loseAsync();
        await Eventually.TrueAsync(() => membership.IsDeadAsync(Victim), s_patience, () => "nobody takes it for dead");
        var noticed = Stopwatch.GetElapsedTime(began);
        await load.WaitUntilAllWriteAsync();
        var gap = load.Clients.Max(one => one.LongestGapAround(began, noticed));
        output.WriteLine(
            $"dead after {noticed.TotalSeconds:0.00} s, no answer to one of {load.Clients.Count} clients elsewhere for "
            + $"{gap.TotalMilliseconds:0} ms");
        await load.StopAsync();
        Assert.All(load.Clients, one => Assert.Equal(0, one.Losses));
        Assert.InRange(gap, TimeSpan.Zero, s_longestGap);
        BrokenPromiseException.ThrowUnless((await membership.DeadAsync()).Count == 1, "a silo that runs is taken for dead");
        await Eventually.TrueAsync(
            () => KnowsOfOneDeadAsync(client), s_patience, () => "Orleans' clients are not told");
        return noticed;
    }

    private static async Task<bool> KnowsOfOneDeadAsync(OrleansClient client)
    {
        try
        {
            var hosts = await client.Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: false);
            return hosts.Values.Count(status => status == SiloStatus.Dead) == 1;
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // It asked the one that is silent.
            return false;
        }
    }
}
