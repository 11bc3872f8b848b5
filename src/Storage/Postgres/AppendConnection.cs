using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Coordination.Storage.Postgres;

/// <summary>The connection that one silo appends over, with its statements prepared.</summary>
/// <remarks>The turn is an advisory lock, whose queue is PostgreSQL's: first come, first served. It lasts for a
/// transaction, so that it ends with the commit, and with the connection of a silo that died. One that stands still in its
/// turn loses it: PostgreSQL ends a session that is idle in a transaction.</remarks>
internal sealed class AppendConnection : IDisposable
{
    private const int MostRows = 64;
    private const int MostBytes = 1 << 20;

    private readonly NpgsqlConnection _connection;
    private readonly CommitWarnings _warnings;
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlBatch _insertInTurn;
    private readonly NpgsqlBatch _take;
    private readonly NpgsqlCommand _read;
    private readonly RowParameters _row = new();
    private readonly RowParameters _rowInTurn = new();
    private readonly NpgsqlParameter<long> _takeAfter = new();
    private readonly NpgsqlParameter<long> _readAfter = new();

    private AppendConnection(NpgsqlConnection connection, long turnKey, TurnLimits limits)
    {
        _connection = connection;
        _warnings = new CommitWarnings(connection);
        _insert = new NpgsqlCommand(InsertText(turnKey), connection);
        _row.AddTo(_insert.Parameters);
        _insertInTurn = new NpgsqlBatch(connection);
        _insertInTurn.BatchCommands.Add(new NpgsqlBatchCommand(InsertText(turnKey)));
        _rowInTurn.AddTo(_insertInTurn.BatchCommands[0].Parameters);
        _insertInTurn.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));

        // Three statements, one round trip: what is read after the lock was granted shows what the last holder committed.
        _take = new NpgsqlBatch(connection);
        _take.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED"));
        _take.BatchCommands.Add(new NpgsqlBatchCommand(LockText(turnKey, limits.LongestWaitMilliseconds)));
        _take.BatchCommands.Add(new NpgsqlBatchCommand(ReadText));
        _take.BatchCommands[2].Parameters.Add(_takeAfter);
        _read = new NpgsqlCommand(ReadText, connection);
        _read.Parameters.Add(_readAfter);
    }

    /// <summary>Whether it is this connection's turn to append.</summary>
    public bool IsInTurn { get; private set; }

    // The row that the prefix ends with comes along, to be compared.
    private static string ReadText { get; } = string.Create(CultureInfo.InvariantCulture,
        $"""
        SELECT position, first_zxid, last_zxid, checksum, CASE WHEN position > $1 THEN body END
        FROM log WHERE position >= $1 ORDER BY position LIMIT {MostRows + 2}
        """);

    /// <summary>Opens a connection.</summary>
    /// <param name="source">Makes it; it must not be one of a pool.</param>
    /// <param name="turnKey">The advisory lock of the cluster.</param>
    /// <param name="limits">What bounds the turns.</param>
    public static AppendConnection Open(NpgsqlDataSource source, long turnKey, TurnLimits limits)
    {
        var connection = source.OpenConnection();
        try
        {
            using (var settings = new NpgsqlCommand(
                $"SET idle_in_transaction_session_timeout = {limits.LongestIdleMilliseconds}", connection))
            {
                settings.ExecuteNonQuery();
            }
            var opened = new AppendConnection(connection, turnKey, limits);
            opened._insert.Prepare();
            opened._read.Prepare();
            opened._take.Prepare();
            opened._insertInTurn.Prepare();
            return opened;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Inserts a row after its predecessor, and ends the turn; durable when this returns.</summary>
    /// <param name="row">The row.</param>
    /// <param name="expected">What its predecessor must be.</param>
    /// <param name="asksForTurn">Whether to insert only where nobody else has the turn.</param>
    /// <returns>False, with nothing done, where it cannot go there.</returns>
    /// <exception cref="NpgsqlException">Also where it was committed with a warning.</exception>
    public bool Insert(in LogRow row, in LogTail expected, bool asksForTurn)
    {
        bool isInserted = expected.Position == 0 ? InsertFirst(row)
            : IsInTurn ? InsertInTurn(row, expected, asksForTurn)
            : InsertAlone(row, expected, asksForTurn);
        _warnings.ThrowIfAny();
        return isInserted;
    }

    /// <summary>Waits for the turn, and reads what follows a prefix then.</summary>
    /// <param name="after">The prefix.</param>
    /// <param name="missed">What <see cref="Read"/> returns; null also where it was not waited for any longer.</param>
    /// <returns>Whether it is this connection's turn.</returns>
    public bool TryTakeTurn(in LogTail after, out LogStretch? missed)
    {
        _takeAfter.TypedValue = after.Position;
        try
        {
            using var reader = _take.ExecuteReader();
            reader.NextResult();
            missed = ReadRows(reader, after);
            return IsInTurn = true;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            Execute("ROLLBACK");
            missed = null;
            return false;
        }
    }

    /// <summary>Reads what follows a prefix.</summary>
    /// <returns>Null where the prefix, or what follows it at once, is not there.</returns>
    public LogStretch? Read(in LogTail after)
    {
        _readAfter.TypedValue = after.Position;
        using var reader = _read.ExecuteReader();
        return ReadRows(reader, after);
    }

    /// <summary>Ends the turn without an append.</summary>
    public void EndTurn()
    {
        if (!IsInTurn)
            return;
        IsInTurn = false;
        Execute("COMMIT");
    }

    public void Dispose()
    {
        try
        {
            _insert.Dispose();
            _insertInTurn.Dispose();
            _take.Dispose();
            _read.Dispose();
            _warnings.Dispose();
            _connection.Dispose();
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            // It is broken, which is why it is closed.
        }
    }

    // The predecessor is held, so that it cannot be trimmed off, with all that came after it, while this row goes in. To hold it
    // is a write: also where the row stands already, the commit waits for a standby where commits do.
    private static string InsertText(long turnKey) => string.Create(CultureInfo.InvariantCulture,
        $"""
        INSERT INTO log (position, first_zxid, last_zxid, checksum, body)
        SELECT $1, $2, $3, $4, $5 FROM log
        WHERE position = $1 - 1 AND checksum = $6 AND (NOT $7 OR pg_try_advisory_xact_lock({turnKey})) FOR KEY SHARE
        ON CONFLICT (position) DO NOTHING
        """);

    // Whatever else may be locked is waited for as long as the server's settings say.
    private static string LockText(long turnKey, int longestWaitMilliseconds) => string.Create(CultureInfo.InvariantCulture,
        $"""
        SELECT set_config('lock_timeout', '{longestWaitMilliseconds}', true), pg_advisory_xact_lock({turnKey}),
          set_config('lock_timeout', '0', true)
        """);

    private static LogStretch? ReadRows(NpgsqlDataReader reader, LogTail after)
    {
        if (after.Position > 0
            && !(reader.Read() && reader.GetInt64(0) == after.Position && PostgresValues.ReadChecksum(reader, 3) == after.Checksum))
        {
            return null;
        }
        var rows = new List<LogRow>();
        long bytes = 0;
        while (reader.Read())
        {
            if (rows.Count == MostRows || bytes >= MostBytes)
                return new LogStretch(rows, ReachesTail: false);
            if (reader.GetInt64(0) != after.Position + 1)
                return rows.Count == 0 ? null : new LogStretch(rows, ReachesTail: false);
            var row = LogQueries.ReadRow(reader, after);
            rows.Add(row);
            bytes += row.Body.Length;
            after = row.AsTail();
        }
        return new LogStretch(rows, ReachesTail: true);
    }

    private bool InsertAlone(in LogRow row, in LogTail expected, bool asksForTurn)
    {
        _row.Set(row, expected, asksForTurn);
        return _insert.ExecuteNonQuery() == 1;
    }

    private bool InsertInTurn(in LogRow row, in LogTail expected, bool asksForTurn)
    {
        _rowInTurn.Set(row, expected, asksForTurn);
        _insertInTurn.ExecuteNonQuery();
        IsInTurn = false;
        return _insertInTurn.BatchCommands[0].RecordsAffected == 1;
    }

    private bool InsertFirst(in LogRow row)
    {
        EndTurn();
        const string text =
            """
            INSERT INTO log (position, first_zxid, last_zxid, checksum, body)
            SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM log)
              AND EXISTS (SELECT FROM log_state WHERE forgotten_position = 0)
            ON CONFLICT (position) DO NOTHING
            """;
        using var command = new NpgsqlCommand(text, _connection);
        command.Parameters.Add(PostgresValues.Number(row.Position));
        command.Parameters.Add(PostgresValues.Number(row.FirstZxid));
        command.Parameters.Add(PostgresValues.Number(row.LastZxid));
        command.Parameters.Add(PostgresValues.Checksum(row.Checksum));
        command.Parameters.Add(new NpgsqlParameter { Value = row.Body.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea });
        return command.ExecuteNonQuery() == 1;
    }

    private void Execute(string text)
    {
        using var command = new NpgsqlCommand(text, _connection);
        command.ExecuteNonQuery();
    }

    private sealed class RowParameters
    {
        private readonly NpgsqlParameter<long> _position = new();
        private readonly NpgsqlParameter<long> _firstZxid = new();
        private readonly NpgsqlParameter<long> _lastZxid = new();
        private readonly NpgsqlParameter<byte[]> _checksum = Bytes();
        private readonly NpgsqlParameter<ArraySegment<byte>> _body = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
        private readonly NpgsqlParameter<byte[]> _predecessor = Bytes();
        private readonly NpgsqlParameter<bool> _asksForTurn = new();

        public void AddTo(NpgsqlParameterCollection parameters)
        {
            parameters.Add(_position);
            parameters.Add(_firstZxid);
            parameters.Add(_lastZxid);
            parameters.Add(_checksum);
            parameters.Add(_body);
            parameters.Add(_predecessor);
            parameters.Add(_asksForTurn);
        }

        public void Set(in LogRow row, in LogTail expected, bool asksForTurn)
        {
            _position.TypedValue = row.Position;
            _firstZxid.TypedValue = row.FirstZxid;
            _lastZxid.TypedValue = row.LastZxid;
            BinaryPrimitives.WriteUInt128BigEndian(_checksum.TypedValue, row.Checksum);
            _body.TypedValue = MemoryMarshal.TryGetArray(row.Body, out var segment)
                ? segment
                : new ArraySegment<byte>(row.Body.ToArray());
            BinaryPrimitives.WriteUInt128BigEndian(_predecessor.TypedValue, expected.Checksum);
            _asksForTurn.TypedValue = asksForTurn;
        }

        private static NpgsqlParameter<byte[]> Bytes() =>
            new() { TypedValue = new byte[LogChecksum.Size], NpgsqlDbType = NpgsqlDbType.Bytea };
    }
}
