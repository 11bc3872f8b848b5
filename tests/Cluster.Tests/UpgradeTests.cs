using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>The silos of a cluster are replaced by those of a newer version, one after the other, under load.</summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int NewerLevel = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private static readonly string s_raised =
        $"All silos read the format level {NewerLevel} of the log: it is in force";

    [Fact]
    public Task Silos_of_two_versions_serve_together_until_the_last_is_of_the_newer() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Version = SiloVersion.Older });
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        foreach (var silo in cluster.Silos)
        {
            Assert.DoesNotContain(cluster.Silos, other => other.Output.Contains(s_raised, StringComparison.Ordinal));
            await silo.TerminateAsync(s_patience);
            silo.Version = SiloVersion.Current;
            await silo.StartAgainAsync();
            await load.WaitUntilAllWriteAsync();
        }
        await Eventually.TrueAsync(
            () => cluster.Silos.Any(silo => silo.Output.Contains(s_raised, StringComparison.Ordinal)), s_patience,
            () => "the level is not raised");
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
    });

    [Fact]
    public async Task A_silo_of_the_older_version_comes_back_until_all_are_of_the_newer_and_not_after()
    {
        await using var cluster = await SiloCluster.StartAsync(
            new ClusterOptions { Version = SiloVersion.Older, Silos = 2 });
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.True((await client.CreateAsync("/of-the-older", null)).IsOk);
        // Forward and back again, which is what one silo is upgraded first for.
        foreach (var version in (SiloVersion[])[SiloVersion.Current, SiloVersion.Older, SiloVersion.Current])
        {
            await cluster.Silos[0].TerminateAsync(s_patience);
            cluster.Silos[0].Version = version;
            await cluster.Silos[0].StartAgainAsync();
            await using var there = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
            await there.SyncAsync("/");
            Assert.True((await there.ExistsAsync("/of-the-older")).IsOk);
        }
        await cluster.Silos[1].TerminateAsync(s_patience);
        await Eventually.TrueAsync(
            () => cluster.Silos[0].Output.Contains(s_raised, StringComparison.Ordinal), s_patience,
            () => "the level is not raised");
        cluster.Silos[1].LaunchAgain();
        Assert.Equal(1, await cluster.Silos[1].WaitForExitAsync(s_patience));
        Assert.Contains(
            $"the log has the format level {NewerLevel}", cluster.Silos[1].StandardError, StringComparison.Ordinal);
    }
}
