using Coordination.Testing;
using Npgsql;

namespace Coordination.Cluster.Tests.Following;

/// <summary>The rows of a cluster's log, trimmed off as a silo does it, but slowly: one at a time.</summary>
internal sealed class TrimmedRows : IAsyncDisposable
{
    private const string TrimOne =
        """
        WITH first AS (
          SELECT position, last_zxid, checksum FROM log
          WHERE position = (SELECT forgotten_position + 1 FROM log_state)),
        trimmed AS (
          DELETE FROM log WHERE position = (SELECT position FROM first))
        UPDATE log_state SET forgotten_position = first.position, forgotten_zxid = first.last_zxid, forgotten_checksum = first.checksum
        FROM first
        """;

    private readonly NpgsqlDataSource _direct;

    public TrimmedRows(SiloCluster cluster)
    {
        var settings = new NpgsqlConnectionStringBuilder(cluster.Database.ConnectionString) { SearchPath = cluster.Name };
        _direct = NpgsqlDataSource.Create(settings);
    }

    /// <summary>Waits until a position is in the checkpoint, and may be trimmed off.</summary>
    public async Task UntilCheckpointAsync(long position, TimeSpan patience)
    {
        await using var command = _direct.CreateCommand("SELECT position FROM checkpoint_state");
        await Eventually.TrueAsync(
            async () => (long)(await command.ExecuteScalarAsync())! >= position, patience, () => "the checkpoint does not come forward");
    }

    /// <summary>Trims off all rows up to a position.</summary>
    public async Task TrimOneByOneAsync(long through, CancellationToken cancellationToken)
    {
        await using var command = _direct.CreateCommand(TrimOne);
        for (long position = 1; position <= through; position++)
            await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _direct.DisposeAsync();
}
