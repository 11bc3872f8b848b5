using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Carries changes out on the checkpoint's rows, within a transaction of the caller's.</summary>
internal sealed class CheckpointWriter
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _putZnode;
    private readonly SqliteStatement _deleteZnode;
    private readonly SqliteStatement?[] _patchZnode = new SqliteStatement?[16];
    private readonly SqliteStatement _putSession;
    private readonly SqliteStatement _patchSession;
    private readonly SqliteStatement _deleteSession;
    private readonly SqliteStatement _putAnswers;
    private readonly SqliteStatement _deleteAnswers;
    private readonly SqliteStatement _putCounter;
    private readonly SqliteStatement _putSiloBatch;
    private readonly SqliteStatement _deleteSiloBatch;
    private readonly SqliteStatement _moveState;

    public CheckpointWriter(SqliteDatabase database)
    {
        _database = database;
        _putZnode = database.Prepare(
            """
            INSERT OR REPLACE INTO znode
              (path, czxid, mzxid, pzxid, ctime, mtime, version, aversion, created_children, ephemeral_owner, acl, data)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """);
        _deleteZnode = database.Prepare("DELETE FROM znode WHERE path = ?1");
        _putSession = database.Prepare(
            "INSERT OR REPLACE INTO session (id, timeout_ms, attach_zxid, silo, password) VALUES (?1, ?2, ?3, ?4, ?5)");
        _patchSession = database.Prepare(
            "UPDATE session SET timeout_ms = ?2, attach_zxid = ?3, silo = ?4 WHERE id = ?1");
        _deleteSession = database.Prepare("DELETE FROM session WHERE id = ?1");
        _putAnswers = database.Prepare("INSERT OR REPLACE INTO session_answers (id, answers) VALUES (?1, ?2)");
        _deleteAnswers = database.Prepare("DELETE FROM session_answers WHERE id = ?1");
        _putCounter = database.Prepare("INSERT OR REPLACE INTO counter (name, next) VALUES (?1, ?2)");
        _putSiloBatch = database.Prepare("INSERT OR REPLACE INTO silo_batch (identity, batch_number) VALUES (?1, ?2)");
        _deleteSiloBatch = database.Prepare("DELETE FROM silo_batch WHERE identity = ?1");
        _moveState = database.Prepare(
            """
            UPDATE state SET position = ?1, zxid = ?2, checksum = ?3, epoch = ?4, format_level = ?5
            WHERE position = ?6 AND zxid = ?7 AND checksum = ?8
            """);
    }

    /// <summary>Binds a state to the first five parameters of a statement.</summary>
    public static void Bind(SqliteStatement statement, in CheckpointState state)
    {
        statement.Bind(1, state.Position);
        statement.Bind(2, state.Zxid);
        statement.Bind(3, state.Checksum);
        statement.Bind(4, state.Epoch);
        statement.Bind(5, state.FormatLevel);
    }

    /// <summary>Moves the checkpoint's state.</summary>
    /// <returns>False, with nothing done, when it is not at the base.</returns>
    public bool TryMove(in CheckpointState from, in CheckpointState to)
    {
        Bind(_moveState, to);
        _moveState.Bind(6, from.Position);
        _moveState.Bind(7, from.Zxid);
        _moveState.Bind(8, from.Checksum);
        return _moveState.RunAndCount() == 1;
    }

    public void Write(ZnodeChange change)
    {
        switch (change.Kind)
        {
            case ZnodeChangeKind.Put:
                Put(change);
                break;
            case ZnodeChangeKind.Patch:
                Patch(change);
                break;
            case ZnodeChangeKind.Delete:
                _deleteZnode.BindText(1, change.Path.Span);
                _deleteZnode.Run();
                break;
            default:
                throw new ArgumentException($"a change of kind {change.Kind} cannot be carried out", nameof(change));
        }
    }

    public void Write(long id, SessionRecord? session)
    {
        if (session is null)
        {
            _deleteSession.Bind(1, id);
            _deleteSession.Run();
            WriteAnswers(id, null);
            return;
        }
        // A session that was only attached again comes without its password, which stays as it is.
        bool keepsPassword = session.Password.IsEmpty;
        var statement = keepsPassword ? _patchSession : _putSession;
        statement.Bind(1, id);
        statement.Bind(2, session.TimeoutMilliseconds);
        statement.Bind(3, session.AttachZxid);
        statement.Bind(4, session.Silo);
        if (!keepsPassword)
            statement.Bind(5, session.Password.Span);
        if (statement.RunAndCount() != 1)
            throw new LogCorruptException($"{_database.Path}: the session 0x{id:x} changes and has no row");
    }

    public void WriteAnswers(long session, byte[]? answers)
    {
        var statement = answers is null ? _deleteAnswers : _putAnswers;
        statement.Bind(1, session);
        if (answers is not null)
            statement.Bind(2, answers);
        statement.Run();
    }

    public void WriteCounter(string name, long next)
    {
        _putCounter.BindText(1, Encoding.UTF8.GetBytes(name));
        _putCounter.Bind(2, next);
        _putCounter.Run();
    }

    public void WriteSiloBatch(Guid identity, long? batchNumber)
    {
        var statement = batchNumber is null ? _deleteSiloBatch : _putSiloBatch;
        statement.Bind(1, identity);
        if (batchNumber is { } number)
            statement.Bind(2, number);
        statement.Run();
    }

    private static void BindData(SqliteStatement statement, int parameter, ReadOnlyMemory<byte>? data)
    {
        if (data is { } bytes)
            statement.Bind(parameter, bytes.Span);
        else
            statement.BindNull(parameter);
    }

    private void Put(ZnodeChange change)
    {
        _putZnode.BindText(1, change.Path.Span);
        _putZnode.Bind(2, change.Czxid);
        _putZnode.Bind(3, change.Mzxid);
        _putZnode.Bind(4, change.Pzxid);
        _putZnode.Bind(5, change.Ctime);
        _putZnode.Bind(6, change.Mtime);
        _putZnode.Bind(7, change.Version);
        _putZnode.Bind(8, change.Aversion);
        _putZnode.Bind(9, change.CreatedChildren);
        _putZnode.Bind(10, change.EphemeralOwner);
        _putZnode.Bind(11, change.Acl.Span);
        BindData(_putZnode, 12, change.Data);
        _putZnode.Run();
    }

    private void Patch(ZnodeChange change)
    {
        int columns = (change.DataSet ? 1 : 0) | (change.AclSet ? 2 : 0) | (change.PzxidSet ? 4 : 0)
            | (change.CreatedChildrenSet ? 8 : 0);
        if (columns == 0)
            return;
        var statement = _patchZnode[columns] ??= PreparePatch(change);
        statement.BindText(1, change.Path.Span);
        if (change.DataSet)
        {
            BindData(statement, 2, change.Data);
            statement.Bind(3, change.Version);
            statement.Bind(4, change.Mzxid);
            statement.Bind(5, change.Mtime);
        }
        if (change.AclSet)
        {
            statement.Bind(6, change.Acl.Span);
            statement.Bind(7, change.Aversion);
        }
        if (change.PzxidSet)
            statement.Bind(8, change.Pzxid);
        if (change.CreatedChildrenSet)
            statement.Bind(9, change.CreatedChildren);
        if (statement.RunAndCount() != 1)
        {
            throw new LogCorruptException(
                $"{_database.Path}: the znode {Encoding.UTF8.GetString(change.Path.Span)} changes and has no row");
        }
    }

    private SqliteStatement PreparePatch(ZnodeChange change)
    {
        List<string> columns = [];
        if (change.DataSet)
            columns.Add("data = ?2, version = ?3, mzxid = ?4, mtime = ?5");
        if (change.AclSet)
            columns.Add("acl = ?6, aversion = ?7");
        if (change.PzxidSet)
            columns.Add("pzxid = ?8");
        if (change.CreatedChildrenSet)
            columns.Add("created_children = ?9");
        return _database.Prepare($"UPDATE znode SET {string.Join(", ", columns)} WHERE path = ?1");
    }
}
