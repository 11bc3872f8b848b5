using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Reads the log over a connection of the caller's.</summary>
internal static class LogQueries
{
    private const int ChunkRows = 256;
    private const int ChunkBytes = 1 << 20;

    /// <summary>The log's tail; the default for an empty log.</summary>
    public static async ValueTask<LogTail> ReadTailAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, last_zxid, checksum FROM log ORDER BY position DESC LIMIT 1", connection);
        return await ReadOneAsync(command, cancellationToken) ?? default;
    }

    /// <summary>The last row that was trimmed off; the default for none.</summary>
    public static async ValueTask<LogTail> ReadForgottenAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT forgotten_position, forgotten_zxid, forgotten_checksum FROM log_state", connection);
        return await ReadOneAsync(command, cancellationToken)
            ?? throw new LogCorruptException("the row of the table log_state is missing");
    }

    /// <summary>The log as it was when the row at a position was the last; null where no row stands there.</summary>
    public static async ValueTask<LogTail?> ReadAtAsync(
        NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, last_zxid, checksum FROM log WHERE position = $1", connection);
        command.Parameters.Add(PostgresValues.Number(position));
        return await ReadOneAsync(command, cancellationToken);
    }

    /// <summary>Waits until a row that stands has come wherever a commit must.</summary>
    /// <remarks>Where its own commit was ended while it waited for a standby, the row is seen by all, and is on no standby.
    /// To lock it is a write, and a later one in the WAL: its commit waits for the standby to have both.</remarks>
    /// <returns>False where it does not stand any more.</returns>
    /// <exception cref="NpgsqlException">Also where the waiting was cut short.</exception>
    public static async ValueTask<bool> ConfirmAsync(
        NpgsqlConnection connection, LogRow row, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT true FROM log WHERE position = $1 AND checksum = $2 FOR KEY SHARE", connection);
        command.Parameters.Add(PostgresValues.Number(row.Position));
        command.Parameters.Add(PostgresValues.Checksum(row.Checksum));
        using var warnings = new CommitWarnings(connection);
        bool isThere = await command.ExecuteScalarAsync(cancellationToken) is true;
        warnings.ThrowIfAny();
        return isThere;
    }

    /// <summary>Checks that a prefix that somebody has applied is one of this log, and that what follows it is kept.</summary>
    /// <returns>The log's tail.</returns>
    /// <exception cref="LogHistoryChangedException">It is not.</exception>
    public static async ValueTask<LogTail> CheckPrefixAsync(
        NpgsqlConnection connection, LogTail prefix, CancellationToken cancellationToken)
    {
        // In this order: what is trimmed off meanwhile is found missing, never taken for another history.
        var here = await ReadAtAsync(connection, prefix.Position, cancellationToken);
        var forgotten = await ReadForgottenAsync(connection, cancellationToken);
        var tail = await ReadTailAsync(connection, cancellationToken);
        if (prefix.Position > tail.Position)
        {
            throw new LogHistoryChangedException(
                $"the log ends at position {tail.Position}, what was applied of it at {prefix.Position}");
        }
        if (prefix.Position < forgotten.Position)
            throw Forgotten(prefix.Position, forgotten);
        if (prefix.Position == forgotten.Position)
            here = forgotten;
        if (here is null)
            throw Missing(prefix.Position);
        if (here.Value.Checksum != prefix.Checksum)
            throw new LogHistoryChangedException($"the row at position {prefix.Position} is not the one that was applied");
        return tail;
    }

    /// <summary>Reads the next rows after a prefix, each checked against the chain: at least one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="after">What the first row is chained to.</param>
    /// <param name="through">The last position to read; the log is known to reach it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogHistoryChangedException">The log is another by now, or what follows was trimmed off.</exception>
    /// <exception cref="LogCorruptException">A row does not match its checksum.</exception>
    public static async ValueTask<List<LogRow>> ReadChunkAsync(
        NpgsqlConnection connection, LogTail after, long through, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadChainAsync(connection, after, through, cancellationToken);
        }
        catch (LogCorruptException)
        {
            // A database that was restored while it was read has sound rows that follow others: its prefix tells.
            await CheckPrefixAsync(connection, after, cancellationToken);
            throw;
        }
    }

    /// <summary>Takes the row that follows a prefix from a reader whose columns are position, first and last zxid, checksum
    /// and body.</summary>
    /// <exception cref="LogCorruptException">It does not match its checksum.</exception>
    public static LogRow ReadRow(NpgsqlDataReader reader, LogTail after)
    {
        byte[] body = reader.GetFieldValue<byte[]>(4);
        var row = after.Next(reader.GetInt64(1), reader.GetInt64(2), body);
        return row.Checksum == PostgresValues.ReadChecksum(reader, 3) && body.Length > 0
            ? row
            : throw new LogCorruptException($"the row at position {row.Position} is corrupt: it does not match its checksum");
    }

    private static async ValueTask<List<LogRow>> ReadChainAsync(
        NpgsqlConnection connection, LogTail after, long through, CancellationToken cancellationToken)
    {
        var rows = new List<LogRow>();
        long start = after.Position;
        // The server looks where the chunk ends: what is not taken of an answer is sent all the same.
        await using (var command = new NpgsqlCommand(
            """
            WITH lengths AS (
              SELECT position, sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS bytes_before
              FROM log WHERE position > $1 AND position <= least($2, $1 + $3))
            SELECT position, first_zxid, last_zxid, checksum, body FROM log
            WHERE position > $1 AND position <= (SELECT max(position) FROM lengths WHERE bytes_before < $4) ORDER BY position
            """,
            connection))
        {
            command.Parameters.Add(PostgresValues.Number(start));
            command.Parameters.Add(PostgresValues.Number(through));
            command.Parameters.Add(PostgresValues.Number(ChunkRows));
            command.Parameters.Add(PostgresValues.Number(ChunkBytes));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetInt64(0) != after.Position + 1)
                    break;
                var row = ReadRow(reader, after);
                rows.Add(row);
                after = row.AsTail();
            }
        }
        if (rows.Count > 0)
            return rows;
        var forgotten = await ReadForgottenAsync(connection, cancellationToken);
        throw start < forgotten.Position ? Forgotten(start, forgotten) : Missing(start + 1);
    }

    private static async ValueTask<LogTail?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LogTail(reader.GetInt64(0), reader.GetInt64(1), PostgresValues.ReadChecksum(reader, 2))
            : null;
    }

    private static LogCorruptException Missing(long position) => new($"the row at position {position} is missing");

    private static LogHistoryChangedException Forgotten(long position, LogTail forgotten) => new(
        $"the rows up to position {forgotten.Position} were trimmed off, what was applied ends at {position}");
}
