using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Npgsql;

namespace Coordination.Cluster.Tests;

/// <summary>Silos of two versions in one cluster: nothing is written that one of them cannot read.</summary>
public sealed class FormatLevelTests
{
    private const string Raised = "All silos read the format level 3 of the log: it is in force";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    // So long that the older silo, which does not beat, is not taken for dead before it is taken off.
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(40);
    private static readonly Guid s_older = Guid.NewGuid();

    [Fact]
    public async Task The_level_is_raised_once_the_last_silo_of_an_older_version_has_gone()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = s_lease });
        foreach (var silo in cluster.Silos)
            await silo.TerminateAsync(TimeSpan.FromSeconds(30));
        // As a cluster was that is older than the second level, with a silo of that time that lives on.
        await ExecuteAsync(cluster, "UPDATE checkpoint_state SET format_level = 1");
        await ExecuteAsync(
            cluster,
            "INSERT INTO silo (identity, number, heartbeat, client_address, is_observer, format_level) "
            + $"VALUES ('{s_older}', 9, 0, '127.0.0.1:1', true, 1)");
        await cluster.Silos[0].StartAgainAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.Ok, (await client.CreateAsync("/of-both", null)).Error);
        Assert.DoesNotContain(Raised, cluster.Silos[0].Output, StringComparison.Ordinal);

        await ExecuteAsync(cluster, $"DELETE FROM silo WHERE identity = '{s_older}'");
        await Eventually.TrueAsync(
            () => cluster.Silos[0].Output.Contains(Raised, StringComparison.Ordinal), s_patience, () => "the level is not raised");
        // One that starts now reads it from the log, and finds all of it.
        await cluster.Silos[1].StartAgainAsync();
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        await other.SyncAsync("/");
        Assert.Equal(ErrorCode.Ok, (await other.ExistsAsync("/of-both")).Error);
    }

    [Fact]
    public async Task A_silo_that_cannot_read_the_level_does_not_start_and_says_why()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1 });
        await cluster.Silos[0].TerminateAsync(TimeSpan.FromSeconds(30));
        await ExecuteAsync(cluster, "UPDATE checkpoint_state SET format_level = 4");
        cluster.Silos[0].LaunchAgain();
        Assert.Equal(1, await cluster.Silos[0].WaitForExitAsync(s_patience));
        string line = Assert.Single(cluster.Silos[0].StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the log has the format level 4, this program reads up to 3", line, StringComparison.Ordinal);
        Assert.Equal(0, await DatabaseQuery.CountSilosAsync(cluster));
    }

    private static async Task ExecuteAsync(SiloCluster cluster, string text)
    {
        var settings = new NpgsqlConnectionStringBuilder(cluster.Database.ConnectionString) { SearchPath = cluster.Name };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
