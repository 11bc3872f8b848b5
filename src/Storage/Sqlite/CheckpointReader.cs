using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Reads the checkpoint over one connection. Whoever uses it has a lock, or it to himself.</summary>
internal sealed class CheckpointReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _state;

    public CheckpointReader(SqliteDatabase database)
    {
        _database = database;
        _state = database.Prepare("SELECT position, zxid, checksum, epoch, format_level, incarnation FROM state");
    }

    public (CheckpointState State, Guid Incarnation) ReadState()
    {
        try
        {
            if (!_state.Step())
                throw new LogCorruptException($"{_database.Path}: the row of the table state is missing");
            var state = new CheckpointState(
                _state.Number(0), _state.Number(1), _state.Checksum(2), (int)_state.Number(3), (int)_state.Number(4));
            return (state, _state.Identity(5));
        }
        finally
        {
            _state.Reset();
        }
    }

    /// <summary>Reads all rows as of one moment: sessions first, as what they own comes after.</summary>
    public CheckpointState Load(ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        _database.Execute("BEGIN");
        try
        {
            var (state, _) = ReadState();
            LoadSessions(receiver);
            LoadCounters(receiver);
            LoadSiloBatches(receiver);
            ZnodeReadAhead.Load(_database, receiver, cancellationToken);
            return state;
        }
        finally
        {
            _database.Execute("COMMIT");
        }
    }

    public void Dispose() => _database.Dispose();

    private void LoadSessions(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare(
            """
            SELECT id, password, timeout_ms, attach_zxid, silo, answers
            FROM session LEFT JOIN session_answers USING (id) ORDER BY id
            """);
        while (rows.Step())
        {
            receiver.Session(new SessionRecord(
                rows.Number(0), rows.Bytes(1).ToArray(), (int)rows.Number(2), rows.Number(3), rows.Identity(4))
            {
                Answers = rows.Bytes(5).ToArray(),
            });
        }
    }

    private void LoadCounters(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare("SELECT name, next FROM counter ORDER BY name");
        while (rows.Step())
            receiver.Counter(Encoding.UTF8.GetString(rows.Bytes(0)), rows.Number(1));
    }

    private void LoadSiloBatches(ICheckpointReceiver receiver)
    {
        using var rows = _database.Prepare("SELECT identity, batch_number FROM silo_batch ORDER BY identity");
        while (rows.Step())
            receiver.SiloBatch(rows.Identity(0), rows.Number(1));
    }
}
