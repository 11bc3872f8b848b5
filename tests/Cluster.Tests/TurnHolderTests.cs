using System.Diagnostics;
using System.Globalization;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Npgsql;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>The silo whose turn it is to append dies, or stands still, right then.</summary>
public sealed class TurnHolderTests(ITestOutputHelper output)
{
    // One that holds the turn, and that the database waits for.
    private const string HolderQuery =
        """
        SELECT activity.application_name FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
        WHERE lock.locktype = 'advisory' AND lock.granted AND activity.state = 'idle in transaction'
        """;

    private const string NamePrefix = "silo-";

    // PostgreSQL takes the turn after 100 ms, and the others wait for 40 ms at most; CI's machine may be busy.
    private static readonly TimeSpan s_longestGap = TimeSpan.FromSeconds(ClusterSettings.IsMeasured ? 0.25 : 5);
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    [Fact]
    public Task The_others_write_on_when_a_silo_dies_in_its_turn() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await StartAsync();
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        int holder = await CatchHolderAsync(cluster);
        var others = OthersOf(load, holder);
        long killed = Stopwatch.GetTimestamp();
        await cluster.Silos[holder].KillAsync();
        await CheckAsync(others, killed);
        await cluster.Silos[holder].StartAgainAsync();
        await EndAsync(cluster, load);
    });

    [Fact]
    public Task The_others_write_on_while_a_silo_stands_still_in_its_turn() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await StartAsync();
        await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
        int holder = await CatchHolderAsync(cluster);
        await CheckAsync(OthersOf(load, holder), Stopwatch.GetTimestamp());
        // It does not have its turn any more, though it does not know.
        await using var connection = new NpgsqlConnection(cluster.Database.ConnectionString);
        await connection.OpenAsync();
        await Eventually.TrueAsync(
            async () => await FindHolderAsync(connection) != holder, s_patience, () => "one that stands still has its turn");
        cluster.Silos[holder].Continue();
        await EndAsync(cluster, load);
        Assert.All(cluster.Silos, silo => Assert.False(silo.HasExited, silo.Output));
    });

    private static Task<SiloCluster> StartAsync() => SiloCluster.StartAsync(new ClusterOptions
    {
        // It is not the lease that brings the others on.
        Lease = s_patience,
        ConnectionString = (number, direct) =>
            new NpgsqlConnectionStringBuilder(direct) { ApplicationName = $"{NamePrefix}{number}" }.ConnectionString,
    });

    // A turn is over within a millisecond or so: one that is held a moment too late goes on.
    private static async Task<int> CatchHolderAsync(SiloCluster cluster)
    {
        await using var connection = new NpgsqlConnection(cluster.Database.ConnectionString);
        await connection.OpenAsync();
        var trying = Stopwatch.StartNew();
        while (trying.Elapsed < s_patience)
        {
            if (await FindHolderAsync(connection) is not { } holder)
                continue;
            cluster.Silos[holder].Pause();
            if (await FindHolderAsync(connection) == holder)
                return holder;
            cluster.Silos[holder].Continue();
        }
        throw new TimeoutException("no silo could be held in its turn");
    }

    private static async Task<int?> FindHolderAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(HolderQuery, connection);
        return await command.ExecuteScalarAsync() is string name
            ? int.Parse(name.AsSpan(NamePrefix.Length), CultureInfo.InvariantCulture)
            : null;
    }

    private static List<LoadClient> OthersOf(ClusterLoad load, int holder)
    {
        var others = load.Clients.Where(client => client.Silo != holder).ToList();
        Assert.NotEmpty(others);
        return others;
    }

    private async Task CheckAsync(List<LoadClient> others, long since)
    {
        foreach (var client in others)
            await Eventually.TrueAsync(
                () => client.HasWrittenSince(since), s_patience, () => $"{client.Name} writes nothing at silo {client.Silo}");
        var gap = others.Max(client => client.LongestGapAround(since, s_window));
        output.WriteLine($"no answer to one of {others.Count} others for {gap.TotalMilliseconds:0} ms");
        Assert.InRange(gap, TimeSpan.Zero, s_longestGap);
    }

    private async Task EndAsync(SiloCluster cluster, ClusterLoad load)
    {
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var endPoint in cluster.EndPoints)
            output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
    }
}
