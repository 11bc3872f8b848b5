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

    private readonly PostgresConnections _connections;
    private readonly PostgresAppender _appender;

    public PostgresLog(PostgresConnections connections, Guid incarnation, string cluster)
    {
        _connections = connections;
        _appender = new PostgresAppender(connections.Own, PostgresSchema.KeyOf(cluster), TurnLimits.ForSilo());
        Turns = new PostgresTurns(this, _appender);
        Incarnation = incarnation;
    }

    /// <inheritdoc/>
    public Guid Incarnation { get; }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public ILogTurns Turns { get; }

    /// <inheritdoc/>
    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) => _connections.RunAsync(
        "the log's first position cannot be read",
        async connection => (await LogQueries.ReadForgottenAsync(connection, cancellationToken)).Position + 1,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken) => _connections.RunAsync(
        "the log's tail cannot be read",
        connection => LogQueries.ReadTailAsync(connection, cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken) => _connections.RunAsync(
        $"row {position} of the log cannot be read",
        async connection =>
        {
            var here = await LogQueries.ReadAtAsync(connection, position, cancellationToken);
            var forgotten = await LogQueries.ReadForgottenAsync(connection, cancellationToken);
            return position == forgotten.Position ? forgotten : position > forgotten.Position ? here : null;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        Check(row, expected);
        if (_appender.TryInsert(row, expected))
            return true;
        try
        {
            return await _connections.RunAsync(
                $"whether row {row.Position} stands cannot be read",
                connection => IsStandingAsync(connection, row),
                CancellationToken.None);
        }
        catch (LogUnavailableException failure)
        {
            throw new LogOutcomeUnknownException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogRow> ReadAsync(
        LogTail after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string what = "the log cannot be read";
        var tail = await _connections.RunAsync(
            what, connection => LogQueries.CheckPrefixAsync(connection, after, cancellationToken), cancellationToken);
        while (after.Position < tail.Position)
        {
            // One connection a chunk: whoever reads slowly holds none meanwhile.
            var last = after;
            var rows = await _connections.RunAsync(
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
        return _connections.RunAsync(
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
        // The last row stays: what is appended next is chained to it. Several silos trim one after the other. What the
        // checkpoint has not, stays, whoever may believe that it has: the database may have been restored since he looked.
        // By bounds, not by a join: on a table that was not analyzed yet, that compares each row with each.
        const string text =
            """
            WITH bounds AS (
              SELECT least($1, (SELECT max(position) FROM log), checkpoint_state.position + 1) AS first_kept
              FROM checkpoint_state),
            turn AS (
              SELECT forgotten_position FROM log_state FOR UPDATE),
            candidates AS (
              SELECT position, sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS bytes_before
              FROM log
              WHERE position > (SELECT forgotten_position FROM turn)
                AND position <= (SELECT forgotten_position FROM turn) + $2
                AND position < (SELECT first_kept FROM bounds)),
            last AS (
              SELECT position, last_zxid, checksum FROM log
              WHERE position = (SELECT max(position) FROM candidates WHERE bytes_before < $3)),
            trimmed AS (
              DELETE FROM log
              WHERE position > (SELECT forgotten_position FROM turn) AND position <= (SELECT position FROM last)),
            moved AS (
              UPDATE log_state SET forgotten_position = last.position, forgotten_zxid = last.last_zxid,
                forgotten_checksum = last.checksum
              FROM last)
            SELECT coalesce((SELECT position FROM last), (SELECT forgotten_position FROM turn)) + 1
              < (SELECT first_kept FROM bounds)
            """;
        return _connections.RunAsync(
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

    private static async ValueTask<bool> IsStandingAsync(NpgsqlConnection connection, LogRow row)
    {
        if (await LogQueries.ReadAtAsync(connection, row.Position, CancellationToken.None) is { } standing
            && (standing.Checksum != row.Checksum || await LogQueries.ConfirmAsync(connection, row, CancellationToken.None)))
        {
            return standing.Checksum == row.Checksum;
        }
        var forgotten = await LogQueries.ReadForgottenAsync(connection, CancellationToken.None);
        return row.Position > forgotten.Position
            ? false
            : throw new LogHistoryChangedException($"the row at position {row.Position} was trimmed off");
    }

    private static void Check(in LogRow row, in LogTail expected)
    {
        if (row.Position != expected.Position + 1 || row.FirstZxid <= expected.LastZxid || row.LastZxid < row.FirstZxid
            || row.Body.Length is < 1 or > LogRow.MaxBodyLength)
        {
            throw new ArgumentException($"row {row.Position} cannot follow the row at position {expected.Position}", nameof(row));
        }
    }
}
