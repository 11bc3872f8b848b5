using System.Runtime.CompilerServices;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>The log in a PostgreSQL database, which several silos share.</summary>
/// <remarks>An append is one statement that commits by itself: one round trip, on the caller's thread. Everything else
/// takes a connection of the pool.</remarks>
internal sealed class PostgresLog : ILog
{
    private const int TrimmedRows = 256;
    private const int TrimmedBytes = 1 << 20;

    private readonly NpgsqlDataSource _source;
    private readonly PostgresAppender _appender;

    public PostgresLog(NpgsqlDataSource source, Guid incarnation)
    {
        _source = source;
        _appender = new PostgresAppender(source);
        Incarnation = incarnation;
    }

    /// <inheritdoc/>
    public Guid Incarnation { get; }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) => QueryAsync(
        "the log's first position cannot be read",
        async connection => (await LogQueries.ReadForgottenAsync(connection, cancellationToken)).Position + 1,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken) => QueryAsync(
        "the log's tail cannot be read",
        connection => LogQueries.ReadTailAsync(connection, cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        Check(row, expected);
        if (_appender.TryInsert(row, expected))
            return true;
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            if (await LogQueries.ReadAtAsync(connection, row.Position, CancellationToken.None) is { } standing)
                return standing.Checksum == row.Checksum;
            var forgotten = await LogQueries.ReadForgottenAsync(connection, CancellationToken.None);
            if (row.Position > forgotten.Position)
                return false;
            throw new LogHistoryChangedException($"the row at position {row.Position} was trimmed off");
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw new LogOutcomeUnknownException($"whether row {row.Position} stands cannot be read: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogRow> ReadAsync(
        LogTail after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string what = "the log cannot be read";
        var tail = await QueryAsync(
            what, connection => LogQueries.CheckPrefixAsync(connection, after, cancellationToken), cancellationToken);
        while (after.Position < tail.Position)
        {
            // One connection a chunk: whoever reads slowly holds none meanwhile.
            var last = after;
            var rows = await QueryAsync(
                what,
                connection => LogQueries.ReadChunkAsync(connection, last, tail.Position, cancellationToken),
                cancellationToken);
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }
            after = rows[^1].AsTail();
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken)
    {
        const string text =
            """
            SELECT coalesce(min(position), (SELECT max(position) FROM log), 1) FROM
              (SELECT position, sum(octet_length(body)) OVER (ORDER BY position DESC) AS bytes FROM log) AS lengths
            WHERE bytes <= $1
            """;
        return QueryAsync(
            "the log cannot be measured",
            async connection =>
            {
                await using var command = new NpgsqlCommand(text, connection);
                command.Parameters.Add(PostgresValues.Number(bytes));
                return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken)
    {
        // The last row stays: what is appended next is chained to it. Several silos trim one after the other.
        const string text =
            """
            WITH bounds AS (
              SELECT least($1, max(position)) AS first_kept FROM log),
            turn AS (
              SELECT forgotten_position FROM log_state FOR UPDATE),
            candidates AS (
              SELECT position, sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS bytes_before
              FROM log, bounds, turn
              WHERE position < first_kept AND position <= forgotten_position + $2),
            trimmed AS (
              DELETE FROM log USING candidates
              WHERE log.position = candidates.position AND bytes_before < $3
              RETURNING log.position, log.last_zxid, log.checksum),
            last AS (
              SELECT * FROM trimmed ORDER BY position DESC LIMIT 1),
            moved AS (
              UPDATE log_state SET forgotten_position = last.position, forgotten_zxid = last.last_zxid,
                forgotten_checksum = last.checksum
              FROM last)
            SELECT coalesce((SELECT position FROM last), (SELECT forgotten_position FROM turn)) + 1
              < (SELECT first_kept FROM bounds)
            """;
        return QueryAsync(
            "the log cannot be trimmed",
            async connection =>
            {
                await using var command = new NpgsqlCommand(text, connection);
                command.Parameters.Add(PostgresValues.Number(firstKept));
                command.Parameters.Add(PostgresValues.Number(TrimmedRows));
                command.Parameters.Add(PostgresValues.Number(TrimmedBytes));
                return await command.ExecuteScalarAsync(cancellationToken) is true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _appender.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Check(in LogRow row, in LogTail expected)
    {
        if (row.Position != expected.Position + 1 || row.FirstZxid <= expected.LastZxid || row.LastZxid < row.FirstZxid
            || row.Body.Length is < 1 or > LogRow.MaxBodyLength)
        {
            throw new ArgumentException($"row {row.Position} cannot follow the row at position {expected.Position}", nameof(row));
        }
    }

    private async ValueTask<T> QueryAsync<T>(
        string what, Func<NpgsqlConnection, ValueTask<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            return await query(connection);
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw PostgresFailures.Of(failure, what);
        }
    }
}
