using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Some of the checkpoint's znodes, copied out of SQLite's memory.</summary>
internal sealed class ZnodeChunk
{
    public const string Query =
        """
        SELECT path, data, acl, czxid, mzxid, pzxid, ctime, mtime, version, aversion, created_children, ephemeral_owner,
          origin_checksum, data_checksum, acl_checksum, pzxid_checksum, created_children_checksum
        FROM znode ORDER BY path
        """;

    private const int MostRows = 1024;
    private const int FullBytes = 256 << 10;

    private readonly Row[] _rows = new Row[MostRows];
    private byte[] _bytes = new byte[FullBytes];
    private int _count;
    private int _length;

    /// <summary>How many rows it has.</summary>
    public int Count => _count;

    /// <summary>Reads rows of the query until it is full.</summary>
    /// <returns>False where the rows have ended.</returns>
    /// <exception cref="LogCorruptException">A row is not as it was written.</exception>
    public bool Fill(SqliteStatement rows)
    {
        _count = _length = 0;
        while (_count < MostRows && _length < FullBytes)
        {
            if (!rows.Step())
                return false;
            ref var row = ref _rows[_count++];
            row.Start = _length;
            row.PathLength = Copy(rows.Bytes(0));
            row.DataLength = Copy(rows.Bytes(1));
            row.HasData = row.DataLength > 0 || !rows.IsNull(1);
            row.AclLength = Copy(rows.Bytes(2));
            row.Czxid = rows.Number(3);
            row.Mzxid = rows.Number(4);
            row.Pzxid = rows.Number(5);
            row.Ctime = rows.Number(6);
            row.Mtime = rows.Number(7);
            row.Version = (int)rows.Number(8);
            row.Aversion = (int)rows.Number(9);
            row.CreatedChildren = (int)rows.Number(10);
            row.EphemeralOwner = rows.Number(11);
            Check(row, rows);
        }
        return true;
    }

    /// <summary>Hands the znodes on, in their order.</summary>
    public void HandTo(ICheckpointReceiver receiver)
    {
        foreach (ref readonly var row in _rows.AsSpan(0, _count))
        {
            int data = row.Start + row.PathLength;
            receiver.Znode(new ZnodeRecord
            {
                Path = _bytes.AsSpan(row.Start, row.PathLength),
                Data = _bytes.AsSpan(data, row.DataLength),
                HasData = row.HasData,
                Acl = _bytes.AsSpan(data + row.DataLength, row.AclLength),
                Czxid = row.Czxid,
                Mzxid = row.Mzxid,
                Pzxid = row.Pzxid,
                Ctime = row.Ctime,
                Mtime = row.Mtime,
                Version = row.Version,
                Aversion = row.Aversion,
                CreatedChildren = row.CreatedChildren,
                EphemeralOwner = row.EphemeralOwner,
            });
        }
    }

    private void Check(in Row row, SqliteStatement rows)
    {
        var bytes = _bytes.AsSpan(row.Start, _length - row.Start);
        var data = bytes.Slice(row.PathLength, row.DataLength);
        var path = RowChecksum.Of(bytes[..row.PathLength]);
        bool isSound =
            rows.Number(12) == CheckpointChecksums.OfOrigin(path, row.Czxid, row.Ctime, row.EphemeralOwner)
            && rows.Number(13) == CheckpointChecksums.OfData(path, row.HasData, data, row.Version, row.Mzxid, row.Mtime)
            && rows.Number(14) == CheckpointChecksums.OfAcl(path, bytes[(row.PathLength + row.DataLength)..], row.Aversion)
            && rows.Number(15) == CheckpointChecksums.OfPzxid(path, row.Pzxid)
            && rows.Number(16) == CheckpointChecksums.OfCreatedChildren(path, row.CreatedChildren);
        if (!isSound)
            throw rows.Damaged($"znode {Encoding.UTF8.GetString(bytes[..row.PathLength])}");
    }

    private int Copy(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return bytes.Length;
    }

    private struct Row
    {
        public int Start;
        public int PathLength;
        public int DataLength;
        public int AclLength;
        public bool HasData;
        public int Version;
        public int Aversion;
        public int CreatedChildren;
        public long Czxid;
        public long Mzxid;
        public long Pzxid;
        public long Ctime;
        public long Mtime;
        public long EphemeralOwner;
    }
}
