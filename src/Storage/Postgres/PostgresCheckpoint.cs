using System.Text;
using Coordination.Engine.Checkpoint;
using Npgsql;
using System.Data;

namespace Coordination.Storage.Postgres;

/// <summary>The checkpoint in a PostgreSQL database. Whichever silo is first brings it forward; the others follow.</summary>
/// <remarks>An advance does not wait for the disk: it is durable, with all before it, once <see cref="FlushAsync"/>
/// returns.</remarks>
internal sealed class PostgresCheckpoint(PostgresConnections connections) : ICheckpoint
{
    /// <inheritdoc/>
    public ValueTask<CheckpointState> ReadStateAsync(CancellationToken cancellationToken) => connections.RunAsync(
        "the checkpoint's state cannot be read",
        connection => ReadStateAsync(connection, cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CheckpointState> LoadAsync(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await connections.Pool.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(
                IsolationLevel.RepeatableRead, cancellationToken);
            var state = await ReadStateAsync(connection, cancellationToken);
            await LoadSessionsAsync(connection, receiver, cancellationToken);
            await LoadCountersAsync(connection, receiver, cancellationToken);
            await LoadZnodesAsync(connection, receiver, cancellationToken);
            return state;
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw PostgresFailures.Of(failure, "the checkpoint cannot be loaded");
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AdvanceAsync(CheckpointDelta delta, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Even where the commit's answer was lost: the next try begins by asking where the checkpoint is.
        return connections.RunAsync(
            "the checkpoint cannot be brought forward",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
                if (!await TryMoveAsync(connection, delta))
                    return false;
                await CheckpointChanges.WriteAsync(connection, delta.Znodes, CancellationToken.None);
                await CheckpointChanges.WriteOthersAsync(connection, delta, CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
                return true;
            },
            CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointState> FlushAsync(CancellationToken cancellationToken) => connections.RunAsync(
        "the checkpoint cannot be flushed",
        async connection =>
        {
            var state = await ReadStateAsync(connection, cancellationToken);
            // The flush of this commit takes with it all that stands before it in the WAL.
            await using var command = new NpgsqlCommand("UPDATE checkpoint_state SET flushes = flushes + 1", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return state;
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async ValueTask<CheckpointState> ReadStateAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, zxid, checksum, epoch, format_level FROM checkpoint_state", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new CheckpointState(
                reader.GetInt64(0), reader.GetInt64(1), PostgresValues.ReadChecksum(reader, 2), reader.GetInt32(3),
                reader.GetInt32(4))
            : throw new LogCorruptException("the row of the table checkpoint_state is missing");
    }

    // What was folded was read from the log a while ago: the database may have been restored since, from before it was written.
    // And before that, too: then it was read from the log that there is, and the answers are of the one that was lost.
    private static async Task<bool> TryMoveAsync(NpgsqlConnection connection, CheckpointDelta delta)
    {
        const string text =
            """
            UPDATE checkpoint_state SET position = $1, zxid = $2, checksum = $3, epoch = $4, format_level = $5, advanced = now()
            WHERE position = $6 AND zxid = $7 AND checksum = $8
              AND EXISTS (SELECT FROM log WHERE log.position = $1 AND log.checksum = $3)
              AND EXISTS (SELECT FROM log WHERE log.position = $9 AND log.checksum = $10)
            """;
        await using (var asynchronous = new NpgsqlCommand("SET LOCAL synchronous_commit = off", connection))
            await asynchronous.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(text, connection);
        PostgresValues.Add(command.Parameters, delta.Target);
        command.Parameters.Add(PostgresValues.Number(delta.Base.Position));
        command.Parameters.Add(PostgresValues.Number(delta.Base.Zxid));
        command.Parameters.Add(PostgresValues.Checksum(delta.Base.Checksum));
        var applied = delta.Applied ?? new AppliedRow(delta.Target.Position, delta.Target.Checksum);
        command.Parameters.Add(PostgresValues.Number(applied.Position));
        command.Parameters.Add(PostgresValues.Checksum(applied.Checksum));
        return await command.ExecuteNonQueryAsync() == 1;
    }

    private static async Task LoadSessionsAsync(
        NpgsqlConnection connection, ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id, password, timeout_ms, attach_zxid, silo, answers
            FROM session LEFT JOIN session_answers USING (id) ORDER BY id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            receiver.Session(new SessionRecord(
                reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt32(2), reader.GetInt64(3),
                reader.GetGuid(4))
            {
                Answers = reader.IsDBNull(5) ? default : reader.GetFieldValue<byte[]>(5),
            });
        }
    }

    private static async Task LoadCountersAsync(
        NpgsqlConnection connection, ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("SELECT name, next FROM counter ORDER BY name", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                receiver.Counter(reader.GetString(0), reader.GetInt64(1));
        }
        await using (var command = new NpgsqlCommand("SELECT identity, batch_number FROM silo_batch", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                receiver.SiloBatch(reader.GetGuid(0), reader.GetInt64(1));
        }
    }

    private static async Task LoadZnodesAsync(
        NpgsqlConnection connection, ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT path, data, acl, czxid, mzxid, pzxid, ctime, mtime, version, aversion, created_children, ephemeral_owner
            FROM znode ORDER BY path
            """,
            connection)
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            Receive(reader, receiver);
    }

    private static void Receive(NpgsqlDataReader reader, ICheckpointReceiver receiver)
    {
        bool hasData = !reader.IsDBNull(1);
        receiver.Znode(new ZnodeRecord
        {
            Path = Encoding.UTF8.GetBytes(reader.GetString(0)),
            Data = hasData ? reader.GetFieldValue<byte[]>(1) : default,
            HasData = hasData,
            Acl = reader.GetFieldValue<byte[]>(2),
            Czxid = reader.GetInt64(3),
            Mzxid = reader.GetInt64(4),
            Pzxid = reader.GetInt64(5),
            Ctime = reader.GetInt64(6),
            Mtime = reader.GetInt64(7),
            Version = reader.GetInt32(8),
            Aversion = reader.GetInt32(9),
            CreatedChildren = reader.GetInt32(10),
            EphemeralOwner = reader.GetInt64(11),
        });
    }
}
