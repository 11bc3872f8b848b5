using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Coordination.Storage.Postgres;

/// <summary>Appends over one connection of its own, which it opens again when it has broken.</summary>
internal sealed class PostgresAppender(NpgsqlDataSource source) : IDisposable
{
    // The predecessor is held, so that it cannot be trimmed off, with all that came after it, while this row goes in.
    private const string Insert =
        """
        INSERT INTO log (position, first_zxid, last_zxid, checksum, body)
        SELECT $1, $2, $3, $4, $5 FROM log WHERE position = $1 - 1 AND checksum = $6 FOR KEY SHARE
        ON CONFLICT (position) DO NOTHING
        """;

    private const string InsertFirst =
        """
        INSERT INTO log (position, first_zxid, last_zxid, checksum, body)
        SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM log)
          AND EXISTS (SELECT FROM log_state WHERE forgotten_position = 0)
        ON CONFLICT (position) DO NOTHING
        """;

    private readonly Lock _gate = new();
    private readonly NpgsqlParameter<long> _position = new();
    private readonly NpgsqlParameter<long> _firstZxid = new();
    private readonly NpgsqlParameter<long> _lastZxid = new();
    private readonly NpgsqlParameter<byte[]> _checksum = Bytes(new byte[LogChecksum.Size]);
    private readonly NpgsqlParameter<ArraySegment<byte>> _body = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<byte[]> _predecessor = Bytes(new byte[LogChecksum.Size]);
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _insert;

    /// <summary>Inserts a row after its predecessor; durable when this returns.</summary>
    /// <returns>False, with nothing done, where the predecessor is not the tail, or a row stands there already.</returns>
    /// <exception cref="LogUnavailableException">It is known that nothing was done.</exception>
    /// <exception cref="LogOutcomeUnknownException">It is not known.</exception>
    public bool TryInsert(in LogRow row, in LogTail expected)
    {
        lock (_gate)
        {
            try
            {
                Open();
            }
            catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
            {
                Close();
                throw PostgresFailures.Of(failure, "the database cannot be reached");
            }
            try
            {
                return expected.Position == 0 ? InsertAsFirst(row) : InsertAfter(row, expected);
            }
            catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
            {
                // Whatever it was: a server that has become a standby refuses all writes, and another has taken over.
                Close();
                if (PostgresFailures.IsKnownNotDone(failure))
                    throw PostgresFailures.Of(failure, $"row {row.Position} cannot be appended");
                throw new LogOutcomeUnknownException($"whether row {row.Position} was appended is not known: {failure.Message}", failure);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private static NpgsqlParameter<byte[]> Bytes(byte[] value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static ArraySegment<byte> SegmentOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());

    private void Open()
    {
        if (_connection is not null)
            return;
        _connection = source.OpenConnection();
        _insert = new NpgsqlCommand(Insert, _connection);
        _insert.Parameters.Add(_position);
        _insert.Parameters.Add(_firstZxid);
        _insert.Parameters.Add(_lastZxid);
        _insert.Parameters.Add(_checksum);
        _insert.Parameters.Add(_body);
        _insert.Parameters.Add(_predecessor);
        _insert.Prepare();
    }

    private bool InsertAfter(in LogRow row, in LogTail expected)
    {
        Set(row);
        BinaryPrimitives.WriteUInt128BigEndian(_predecessor.TypedValue, expected.Checksum);
        return _insert!.ExecuteNonQuery() == 1;
    }

    private bool InsertAsFirst(in LogRow row)
    {
        using var command = new NpgsqlCommand(InsertFirst, _connection);
        command.Parameters.Add(PostgresValues.Number(row.Position));
        command.Parameters.Add(PostgresValues.Number(row.FirstZxid));
        command.Parameters.Add(PostgresValues.Number(row.LastZxid));
        command.Parameters.Add(PostgresValues.Checksum(row.Checksum));
        command.Parameters.Add(Bytes(row.Body.ToArray()));
        return command.ExecuteNonQuery() == 1;
    }

    private void Set(in LogRow row)
    {
        _position.TypedValue = row.Position;
        _firstZxid.TypedValue = row.FirstZxid;
        _lastZxid.TypedValue = row.LastZxid;
        BinaryPrimitives.WriteUInt128BigEndian(_checksum.TypedValue, row.Checksum);
        _body.TypedValue = SegmentOf(row.Body);
    }

    private void Close()
    {
        _insert?.Parameters.Clear();
        _insert?.Dispose();
        _insert = null;
        try
        {
            _connection?.Dispose();
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            // It is broken, which is why it is closed.
        }
        _connection = null;
    }
}
