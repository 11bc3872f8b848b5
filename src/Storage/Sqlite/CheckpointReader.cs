using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Reads the checkpoint over one connection. Whoever uses it has a lock, or it to himself.</summary>
/// <remarks>Of a file of the former format, only the state can be read.</remarks>
internal sealed class CheckpointReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _state;
    private readonly bool _isFormer;

    public CheckpointReader(SqliteDatabase database)
    {
        _database = database;
        _isFormer = SqliteFormat.VersionOf(database) == FormerCheckpoint.Format.Version;
        string others = _isFormer ? "" : ", znodes, sessions, answers, counters, silo_batches, row_checksum";
        _state = database.Prepare(
            $"SELECT position, zxid, checksum, epoch, format_level, incarnation{others} FROM state");
    }

    /// <summary>Reads the state; the counts are zeros where the format is the former.</summary>
    public CheckpointStateRow ReadState()
    {
        try
        {
            if (!_state.Step())
                throw new LogCorruptException($"{_database.Path}: the row of the table state is missing");
            var state = new CheckpointState(
                _state.Number(0), _state.Number(1), _state.Checksum(2), (int)_state.Number(3), (int)_state.Number(4));
            if (_isFormer)
                return new CheckpointStateRow(state, _state.Identity(5), default);
            var counts = new CheckpointCounts(
                _state.Number(6), _state.Number(7), _state.Number(8), _state.Number(9), _state.Number(10));
            var row = new CheckpointStateRow(state, _state.Identity(5), counts);
            return _state.Number(11) == CheckpointChecksums.OfState(row) ? row : throw _state.Damaged("state");
        }
        finally
        {
            _state.Reset();
        }
    }

    /// <summary>Reads all rows as of one moment: sessions first, as what they own comes after.</summary>
    /// <exception cref="LogCorruptException">A row is damaged or missing.</exception>
    public CheckpointState Load(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        _database.Execute("BEGIN");
        try
        {
            var (state, _, expected) = ReadState();
            var (sessions, answers) = LoadSessions(receiver);
            CheckCount("session", sessions, expected.Sessions);
            CheckCount("session_answers", answers, expected.Answers);
            CheckCount("counter", LoadCounters(receiver), expected.Counters);
            CheckCount("silo_batch", LoadSiloBatches(receiver), expected.SiloBatches);
            CheckCount("znode", ZnodeReadAhead.Load(_database, receiver, cancellationToken), expected.Znodes);
            return state;
        }
        finally
        {
            _database.Execute("COMMIT");
        }
    }

    public void Dispose() => _database.Dispose();

    private (long Sessions, long Answers) LoadSessions(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare(
            """
            SELECT id, password, timeout_ms, attach_zxid, silo, answers, password_checksum, attachment_checksum, answers_checksum
            FROM session LEFT JOIN session_answers USING (id) ORDER BY id
            """);
        long count = 0, answered = 0;
        for (; rows.Step(); count++)
        {
            var session = new SessionRecord(
                rows.Number(0), rows.Bytes(1).ToArray(), (int)rows.Number(2), rows.Number(3), rows.Identity(4))
            {
                Answers = rows.Bytes(5).ToArray(),
            };
            bool isSound = rows.Number(6) == CheckpointChecksums.OfPassword(session.Id, session.Password.Span)
                && rows.Number(7) == CheckpointChecksums.OfAttachment(session);
            if (!rows.IsNull(5))
            {
                answered++;
                isSound &= rows.Number(8) == CheckpointChecksums.OfAnswers(session.Id, session.Answers.Span);
            }
            if (!isSound)
                throw rows.Damaged($"session 0x{session.Id:x}");
            receiver.Session(session);
        }
        return (count, answered);
    }

    private long LoadCounters(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare("SELECT name, next, row_checksum FROM counter ORDER BY name");
        long count = 0;
        for (; rows.Step(); count++)
        {
            string name = Encoding.UTF8.GetString(rows.Bytes(0));
            if (rows.Number(2) != CheckpointChecksums.OfCounter(rows.Bytes(0), rows.Number(1)))
                throw rows.Damaged($"counter {name}");
            receiver.Counter(name, rows.Number(1));
        }
        return count;
    }

    private long LoadSiloBatches(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare("SELECT identity, batch_number, row_checksum FROM silo_batch ORDER BY identity");
        long count = 0;
        for (; rows.Step(); count++)
        {
            var identity = rows.Identity(0);
            if (rows.Number(2) != CheckpointChecksums.OfSiloBatch(identity, rows.Number(1)))
                throw rows.Damaged($"silo {identity}");
            receiver.SiloBatch(identity, rows.Number(1));
        }
        return count;
    }

    private void CheckCount(string table, long rows, long expected)
    {
        if (rows != expected)
        {
            throw new LogCorruptException(
                $"{_database.Path}: the table {table} is damaged: it has {rows} rows and should have {expected}");
        }
    }
}
