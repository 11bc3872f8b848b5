using Coordination.Protocol;

namespace Coordination.Engine.Tree;

/// <summary>The distinct ACLs of all znodes, each kept once for as long as a znode uses it.</summary>
public sealed class AclTable
{
    /// <summary>The id of ZooKeeper's OPEN_ACL_UNSAFE, which most znodes have.</summary>
    public const int OpenId = 0;

    private static readonly Acl[] _open = [Acl.Open];

    private readonly Dictionary<byte[], int> _ids;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _idsBySpan;
    private readonly List<Slot> _slots = [new Slot([], _open, 0)];
    private readonly Stack<int> _free = new();

    internal AclTable()
    {
        _ids = new Dictionary<byte[], int>(ByteSequenceComparer.Instance);
        _idsBySpan = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The list with an id.</summary>
    public ReadOnlySpan<Acl> this[int id] => _slots[id].Acls;

    /// <summary>Encodes a list as entries and checkpoints keep it: a jute vector, empty for the open one.</summary>
    public static byte[] Encode(ReadOnlySpan<Acl> acls)
    {
        if (acls.SequenceEqual(_open))
            return [];
        using var buffer = new JuteBuffer();
        AclVector.Write(buffer, acls);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Decodes what <see cref="Encode"/> made.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such list.</exception>
    public static Acl[] Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            return _open;
        var reader = new JuteReader(encoded);
        return AclVector.Read(ref reader);
    }

    internal Acl[] ArrayOf(int id) => _slots[id].Acls;

    internal ReadOnlySpan<byte> EncodedOf(int id) => _slots[id].Encoded;

    internal int Acquire(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            return OpenId;
        if (_idsBySpan.TryGetValue(encoded, out int id))
        {
            _slots[id] = _slots[id] with { Uses = _slots[id].Uses + 1 };
            return id;
        }
        byte[] key = encoded.ToArray();
        var slot = new Slot(key, Decode(encoded), 1);
        if (_free.TryPop(out id))
        {
            _slots[id] = slot;
        }
        else
        {
            id = _slots.Count;
            _slots.Add(slot);
        }
        _ids.Add(key, id);
        return id;
    }

    internal void Release(int id)
    {
        if (id == OpenId)
            return;
        var slot = _slots[id] with { Uses = _slots[id].Uses - 1 };
        _slots[id] = slot;
        if (slot.Uses > 0)
            return;
        _ids.Remove(slot.Encoded);
        _slots[id] = default;
        _free.Push(id);
    }

    private readonly record struct Slot(byte[] Encoded, Acl[] Acls, int Uses);
}
