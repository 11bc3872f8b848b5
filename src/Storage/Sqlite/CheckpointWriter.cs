using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Carries changes out on the checkpoint's rows, within a transaction of the caller's.</summary>
internal sealed class CheckpointWriter
{
    private readonly SqliteDatabase _database;
    private readonly ZnodeRowWriter _znodes;
    private readonly SqliteStatement _addSession;
    private readonly SqliteStatement _patchSession;
    private readonly SqliteStatement _deleteSession;
    private readonly SqliteStatement _addAnswers;
    private readonly SqliteStatement _deleteAnswers;
    private readonly SqliteStatement _addCounter;
    private readonly SqliteStatement _deleteCounter;
    private readonly SqliteStatement _addSiloBatch;
    private readonly SqliteStatement _deleteSiloBatch;
    private readonly SqliteStatement _moveState;
    private Guid _incarnation;
    private CheckpointCounts _counts;

    public CheckpointWriter(SqliteDatabase database)
    {
        _database = database;
        _znodes = new ZnodeRowWriter(database);
        _addSession = database.Prepare(
            """
            INSERT INTO session (id, timeout_ms, attach_zxid, silo, attachment_checksum, password, password_checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        _patchSession = database.Prepare(
            "UPDATE session SET timeout_ms = ?2, attach_zxid = ?3, silo = ?4, attachment_checksum = ?5 WHERE id = ?1");
        _deleteSession = database.Prepare("DELETE FROM session WHERE id = ?1");
        _addAnswers = database.Prepare("INSERT INTO session_answers (id, answers, answers_checksum) VALUES (?1, ?2, ?3)");
        _deleteAnswers = database.Prepare("DELETE FROM session_answers WHERE id = ?1");
        _addCounter = database.Prepare("INSERT INTO counter (name, next, row_checksum) VALUES (?1, ?2, ?3)");
        _deleteCounter = database.Prepare("DELETE FROM counter WHERE name = ?1");
        _addSiloBatch = database.Prepare(
            "INSERT INTO silo_batch (identity, batch_number, row_checksum) VALUES (?1, ?2, ?3)");
        _deleteSiloBatch = database.Prepare("DELETE FROM silo_batch WHERE identity = ?1");
        _moveState = database.Prepare(
            """
            UPDATE state SET position = ?1, zxid = ?2, checksum = ?3, epoch = ?4, format_level = ?5, incarnation = ?6,
              znodes = ?7, sessions = ?8, answers = ?9, counters = ?10, silo_batches = ?11, row_checksum = ?12
            """);
    }

    /// <summary>Makes the row of the state for tables that are empty yet; <see cref="Move"/> is to come in the same
    /// transaction.</summary>
    public static CheckpointWriter ForNewTables(SqliteDatabase database, Guid incarnation)
    {
        database.Execute("INSERT INTO state VALUES (1, x'', 0, 0, x'', 0, 0, 0, 0, 0, 0, 0, 0, 0)");
        return new CheckpointWriter(database) { _incarnation = incarnation };
    }

    /// <summary>Begins with the row of the state as it stands in this transaction.</summary>
    public void Begin(in CheckpointStateRow row)
    {
        _incarnation = row.Incarnation;
        _counts = row.Counts;
        // What a transaction that was rolled back had added.
        _znodes.TakeAdded();
    }

    /// <summary>Moves the checkpoint's state, as the last step.</summary>
    public void Move(in CheckpointState target)
    {
        _counts.Znodes += _znodes.TakeAdded();
        var row = new CheckpointStateRow(target, _incarnation, _counts);
        _moveState.Bind(1, target.Position);
        _moveState.Bind(2, target.Zxid);
        _moveState.Bind(3, target.Checksum);
        _moveState.Bind(4, target.Epoch);
        _moveState.Bind(5, target.FormatLevel);
        _moveState.Bind(6, _incarnation);
        _moveState.Bind(7, _counts.Znodes);
        _moveState.Bind(8, _counts.Sessions);
        _moveState.Bind(9, _counts.Answers);
        _moveState.Bind(10, _counts.Counters);
        _moveState.Bind(11, _counts.SiloBatches);
        _moveState.Bind(12, CheckpointChecksums.OfState(row));
        if (_moveState.RunAndCount() != 1)
            throw new LogCorruptException($"{_database.Path}: the row of the table state is missing");
    }

    public void Write(ZnodeChange change) => _znodes.Write(change);

    public void Write(long id, SessionRecord? session)
    {
        // A session that was only attached again comes without its password, which stays as it is.
        if (session is { Password.IsEmpty: true })
        {
            BindAttachment(_patchSession, session);
            if (_patchSession.RunAndCount() != 1)
                throw new LogCorruptException($"{_database.Path}: the session 0x{id:x} changes and has no row");
            return;
        }
        _deleteSession.Bind(1, id);
        _counts.Sessions -= _deleteSession.RunAndCount();
        if (session is null)
        {
            WriteAnswers(id, null);
            return;
        }
        BindAttachment(_addSession, session);
        _addSession.Bind(6, session.Password.Span);
        _addSession.Bind(7, CheckpointChecksums.OfPassword(id, session.Password.Span));
        _counts.Sessions += _addSession.RunAndCount();
    }

    public void WriteAnswers(long session, byte[]? answers)
    {
        _deleteAnswers.Bind(1, session);
        _counts.Answers -= _deleteAnswers.RunAndCount();
        if (answers is null)
            return;
        _addAnswers.Bind(1, session);
        _addAnswers.Bind(2, answers);
        _addAnswers.Bind(3, CheckpointChecksums.OfAnswers(session, answers));
        _counts.Answers += _addAnswers.RunAndCount();
    }

    public void WriteCounter(string name, long next)
    {
        byte[] key = Encoding.UTF8.GetBytes(name);
        _deleteCounter.BindText(1, key);
        _counts.Counters -= _deleteCounter.RunAndCount();
        _addCounter.BindText(1, key);
        _addCounter.Bind(2, next);
        _addCounter.Bind(3, CheckpointChecksums.OfCounter(key, next));
        _counts.Counters += _addCounter.RunAndCount();
    }

    public void WriteSiloBatch(Guid identity, long? batchNumber)
    {
        _deleteSiloBatch.Bind(1, identity);
        _counts.SiloBatches -= _deleteSiloBatch.RunAndCount();
        if (batchNumber is not { } number)
            return;
        _addSiloBatch.Bind(1, identity);
        _addSiloBatch.Bind(2, number);
        _addSiloBatch.Bind(3, CheckpointChecksums.OfSiloBatch(identity, number));
        _counts.SiloBatches += _addSiloBatch.RunAndCount();
    }

    private static void BindAttachment(SqliteStatement statement, SessionRecord session)
    {
        statement.Bind(1, session.Id);
        statement.Bind(2, session.TimeoutMilliseconds);
        statement.Bind(3, session.AttachZxid);
        statement.Bind(4, session.Silo);
        statement.Bind(5, CheckpointChecksums.OfAttachment(session));
    }
}
