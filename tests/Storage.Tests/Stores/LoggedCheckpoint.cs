using Coordination.Engine.Checkpoint;
using Coordination.Storage.Postgres;
using Npgsql;

namespace Coordination.Storage.Tests.Stores;

/// <summary>A checkpoint in PostgreSQL for tests that make its deltas up: the log has the row that each ends with.</summary>
internal sealed class LoggedCheckpoint(PostgresDatabase database, NpgsqlDataSource source) : ICheckpoint
{
    /// <inheritdoc/>
    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken) =>
        database.Checkpoint.ReadStateAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken) =>
        database.Checkpoint.LoadAsync(receiver, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken)
    {
        const string text = "INSERT INTO log VALUES ($1, $2, $2, $3, 'made up') ON CONFLICT DO NOTHING";
        await using var command = source.CreateCommand(text);
        command.Parameters.Add(PostgresValues.Number(delta.Target.Position));
        command.Parameters.Add(PostgresValues.Number(delta.Target.Zxid));
        command.Parameters.Add(PostgresValues.Checksum(delta.Target.Checksum));
        await command.ExecuteNonQueryAsync(cancellationToken);
        return await database.Checkpoint.AdvanceAsync(delta, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken) =>
        database.Checkpoint.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => database.Checkpoint.DisposeAsync();
}
