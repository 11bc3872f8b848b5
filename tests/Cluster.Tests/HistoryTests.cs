using System.Text;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>The database comes back without what it had acknowledged: what the silos have of that is no more.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Silos_notice_that_the_database_was_restored_to_an_older_state() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = s_lease });
        await CreateAsync(cluster, "/kept");
        await cluster.Database.StopAsync();
        cluster.Database.Keep();
        await cluster.Database.StartAgainAsync();
        await CreateAsync(cluster, "/lost");
        using var stopping = new CancellationTokenSource();
        var readers = cluster.Silos.Select(silo => new LostReader(silo.ClientEndPoint, "/lost", stopping.Token)).ToList();
        await Task.WhenAll(readers.Select(reader => reader.HasRead.WaitAsync(s_patience)));

        await cluster.Database.StopAsync();
        cluster.Database.Restore();
        // So that each was served by nobody for a while, and who shows the lost one afterwards has to begin anew.
        await Task.Delay(s_lease);
        long restored = Environment.TickCount64;
        await cluster.Database.StartAgainAsync();
        await AllEndAndStartAgainAsync(cluster);
        await stopping.CancelAsync();
        foreach (var reader in readers)
        {
            long late = await reader.AskedForLastShown.WaitAsync(s_patience) - restored;
            BrokenPromiseException.ThrowUnless(late <= 0, $"what was lost was shown to who asked {late} ms after the restore");
        }
        await VerifyAsync(cluster);
    });

    [Fact]
    public Task Silos_notice_that_another_history_has_begun_meanwhile() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = s_lease });
        await CreateAsync(cluster, "/kept");
        await cluster.Database.StopAsync();
        cluster.Database.Keep();
        await cluster.Database.StartAgainAsync();
        await CreateAsync(cluster, "/lost");

        // One that is held all the while, and finds a log that is longer than what it has.
        cluster.Silos[0].Pause();
        await cluster.Database.StopAsync();
        cluster.Database.Restore();
        await cluster.Database.StartAgainAsync();
        Assert.Equal(1, await cluster.Silos[1].WaitForExitAsync(s_patience));
        await cluster.Silos[1].StartAgainAsync();
        await using (var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]))
        {
            for (int i = 0; i < 100; i++)
                Assert.True((await client.CreateAsync($"/other-{i}", null)).IsOk);
        }
        cluster.Silos[0].Continue();
        Assert.Equal(1, await cluster.Silos[0].WaitForExitAsync(s_patience));
        await cluster.Silos[0].StartAgainAsync();
        await VerifyAsync(cluster);
    });

    [Fact]
    public Task Silos_notice_that_a_standby_without_the_tail_has_taken_over() => FaultRounds.RunAsync(async () =>
    {
        PostgresServer? standby = null;
        try
        {
            // The cluster ends it.
            var database = await PostgresServer.StartAsync();
            standby = await PostgresServer.StartStandbyAsync(database);
            await using var cluster = await SiloCluster.StartAsync(
                new ClusterOptions
                {
                    Lease = s_lease,
                    ConnectionString = (_, _) => $"Host=127.0.0.1:{database.Port},127.0.0.1:{standby.Port};"
                        + "Username=coordination;Database=postgres;Target Session Attributes=primary",
                },
                database);
            await CreateAsync(cluster, "/kept");
            await WaitForStandbyAsync(database, standby);
            await standby.StopFollowingAsync();
            await Eventually.TrueAsync(
                () => DatabaseQuery.AskAsync<bool>(standby, "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)"),
                s_patience, () => "the standby follows");
            await CreateAsync(cluster, "/lost");
            await database.KillAsync();
            await standby.PromoteAsync();
            await AllEndAndStartAgainAsync(cluster);
            await VerifyAsync(cluster);
        }
        finally
        {
            if (standby is not null)
                await standby.DisposeAsync();
        }
    });

    private static async Task CreateAsync(SiloCluster cluster, string path)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        Assert.True((await client.CreateAsync(path, Encoding.ASCII.GetBytes(path))).IsOk);
        foreach (var endPoint in cluster.EndPoints)
        {
            await using var reader = await RawZooKeeperClient.ConnectAsync(endPoint);
            await reader.SyncAsync("/");
            Assert.True((await reader.ExistsAsync(path)).IsOk);
        }
    }

    private static async Task WaitForStandbyAsync(PostgresServer primary, PostgresServer standby)
    {
        string position = await DatabaseQuery.AskAsync<string>(primary, "SELECT pg_current_wal_lsn()::text");
        await Eventually.TrueAsync(
            () => DatabaseQuery.AskAsync<bool>(standby, $"SELECT pg_last_wal_replay_lsn() >= '{position}'"),
            s_patience, () => $"the standby has not come to {position}");
    }

    private async Task AllEndAndStartAgainAsync(SiloCluster cluster)
    {
        foreach (var silo in cluster.Silos)
        {
            Assert.Equal(1, await silo.WaitForExitAsync(s_patience));
            Assert.Contains("LogHistoryChangedException", silo.Output, StringComparison.Ordinal);
            output.WriteLine($"{silo.HostAndPort} has ended");
            await silo.StartAgainAsync();
        }
    }

    private static async Task VerifyAsync(SiloCluster cluster)
    {
        foreach (var endPoint in cluster.EndPoints)
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(endPoint);
            var kept = await client.GetDataAsync("/kept");
            BrokenPromiseException.ThrowUnless(
                kept.IsOk && kept.Value.Data.AsSpan().SequenceEqual("/kept"u8), $"{endPoint} has not got what was kept");
            BrokenPromiseException.ThrowUnless(
                (await client.ExistsAsync("/lost")).Error == ErrorCode.NoNode, $"{endPoint} shows what was lost");
            Assert.True((await client.CreateAsync("/after-", null, CreateMode.PersistentSequential)).IsOk);
        }
    }
}
