using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Writes, patches and deletes the rows of the checkpoint's znodes, each column with its checksum.</summary>
internal sealed class ZnodeRowWriter(SqliteDatabase database)
{
    private readonly SqliteStatement _add = database.Prepare(
        """
        INSERT INTO znode
          (path, czxid, mzxid, pzxid, ctime, mtime, version, aversion, created_children, ephemeral_owner, acl, data,
          origin_checksum, data_checksum, acl_checksum, pzxid_checksum, created_children_checksum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        ON CONFLICT (path) DO NOTHING
        """);
    private readonly SqliteStatement _delete = database.Prepare("DELETE FROM znode WHERE path = ?1");
    private readonly SqliteStatement?[] _patch = new SqliteStatement?[16];
    private long _added;

    /// <summary>How many rows there are more than when this was last asked, or fewer.</summary>
    public long TakeAdded()
    {
        long added = _added;
        _added = 0;
        return added;
    }

    /// <summary>Carries out a change.</summary>
    /// <exception cref="LogCorruptException">A row that is to be patched is not there, or one that is to be added is.</exception>
    public void Write(ZnodeChange change)
    {
        switch (change.Kind)
        {
            case ZnodeChangeKind.Add:
                Add(change);
                break;
            case ZnodeChangeKind.Put:
                Delete(change.Path.Span);
                Add(change);
                break;
            case ZnodeChangeKind.Patch:
                Patch(change);
                break;
            case ZnodeChangeKind.Delete:
                Delete(change.Path.Span);
                break;
            default:
                throw new ArgumentException($"a change of kind {change.Kind} cannot be carried out", nameof(change));
        }
    }

    private static void BindData(SqliteStatement statement, int parameter, ReadOnlyMemory<byte>? data)
    {
        if (data is { } bytes)
            statement.Bind(parameter, bytes.Span);
        else
            statement.BindNull(parameter);
    }

    private static int DataChecksum(RowChecksum path, ZnodeChange change) => CheckpointChecksums.OfData(
        path, change.Data.HasValue, change.Data.GetValueOrDefault().Span, change.Version, change.Mzxid, change.Mtime);

    private void Add(ZnodeChange change)
    {
        var path = RowChecksum.Of(change.Path.Span);
        _add.BindText(1, change.Path.Span);
        _add.Bind(2, change.Czxid);
        _add.Bind(3, change.Mzxid);
        _add.Bind(4, change.Pzxid);
        _add.Bind(5, change.Ctime);
        _add.Bind(6, change.Mtime);
        _add.Bind(7, change.Version);
        _add.Bind(8, change.Aversion);
        _add.Bind(9, change.CreatedChildren);
        _add.Bind(10, change.EphemeralOwner);
        _add.Bind(11, change.Acl.Span);
        BindData(_add, 12, change.Data);
        _add.Bind(13, CheckpointChecksums.OfOrigin(path, change.Czxid, change.Ctime, change.EphemeralOwner));
        _add.Bind(14, DataChecksum(path, change));
        _add.Bind(15, CheckpointChecksums.OfAcl(path, change.Acl.Span, change.Aversion));
        _add.Bind(16, CheckpointChecksums.OfPzxid(path, change.Pzxid));
        _add.Bind(17, CheckpointChecksums.OfCreatedChildren(path, change.CreatedChildren));
        if (_add.RunAndCount() != 1)
            throw Corrupt(change, "is new and has a row");
        _added++;
    }

    private void Delete(ReadOnlySpan<byte> path)
    {
        _delete.BindText(1, path);
        _added -= _delete.RunAndCount();
    }

    private void Patch(ZnodeChange change)
    {
        int columns = (change.DataSet ? 1 : 0) | (change.AclSet ? 2 : 0) | (change.PzxidSet ? 4 : 0)
            | (change.CreatedChildrenSet ? 8 : 0);
        if (columns == 0)
            return;
        var statement = _patch[columns] ??= PreparePatch(change);
        var path = RowChecksum.Of(change.Path.Span);
        statement.BindText(1, change.Path.Span);
        if (change.DataSet)
        {
            BindData(statement, 2, change.Data);
            statement.Bind(3, change.Version);
            statement.Bind(4, change.Mzxid);
            statement.Bind(5, change.Mtime);
            statement.Bind(6, DataChecksum(path, change));
        }
        if (change.AclSet)
        {
            statement.Bind(7, change.Acl.Span);
            statement.Bind(8, change.Aversion);
            statement.Bind(9, CheckpointChecksums.OfAcl(path, change.Acl.Span, change.Aversion));
        }
        if (change.PzxidSet)
        {
            statement.Bind(10, change.Pzxid);
            statement.Bind(11, CheckpointChecksums.OfPzxid(path, change.Pzxid));
        }
        if (change.CreatedChildrenSet)
        {
            statement.Bind(12, change.CreatedChildren);
            statement.Bind(13, CheckpointChecksums.OfCreatedChildren(path, change.CreatedChildren));
        }
        if (statement.RunAndCount() != 1)
            throw Corrupt(change, "changes and has no row");
    }

    private SqliteStatement PreparePatch(ZnodeChange change)
    {
        List<string> columns = [];
        if (change.DataSet)
            columns.Add("data = ?2, version = ?3, mzxid = ?4, mtime = ?5, data_checksum = ?6");
        if (change.AclSet)
            columns.Add("acl = ?7, aversion = ?8, acl_checksum = ?9");
        if (change.PzxidSet)
            columns.Add("pzxid = ?10, pzxid_checksum = ?11");
        if (change.CreatedChildrenSet)
            columns.Add("created_children = ?12, created_children_checksum = ?13");
        return database.Prepare($"UPDATE znode SET {string.Join(", ", columns)} WHERE path = ?1");
    }

    private LogCorruptException Corrupt(ZnodeChange change, string what) =>
        new($"{database.Path}: the znode {Encoding.UTF8.GetString(change.Path.Span)} {what}");
}
