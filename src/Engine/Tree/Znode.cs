using Coordination.Protocol;

namespace Coordination.Engine.Tree;

/// <summary>One znode in memory.</summary>
/// <remarks>A million of them must fit into a few hundred megabytes: the name and the data share one array, and what
/// only parents need is in <see cref="ZnodeChildren"/>. Read and changed only under the replica's lock.</remarks>
public sealed class Znode
{
    private const int NullDataFlag = int.MinValue;
    private const int SharedFlag = 1 << 30;
    private const int DeletedFlag = 1 << 29;

    private byte[] _nameAndData;
    private int _nameLength;

    internal Znode(Znode? parent, uint hash, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool hasData)
    {
        Parent = parent;
        Hash = hash;
        _nameAndData = Join(name, data);
        _nameLength = name.Length | (hasData ? 0 : NullDataFlag);
    }

    /// <summary>The last element of the path; empty for the root.</summary>
    public ReadOnlySpan<byte> Name => _nameAndData.AsSpan(0, NameLength);

    /// <summary>The data; empty when <see cref="HasData"/> is false.</summary>
    public ReadOnlySpan<byte> Data => _nameAndData.AsSpan(NameLength);

    /// <summary>False when the data is null, which clients can tell from empty data.</summary>
    public bool HasData => (_nameLength & NullDataFlag) == 0;

    /// <summary>How many children it has.</summary>
    public int ChildCount => OwnChildren?.Count ?? 0;

    /// <summary>Its children, in the byte order of their names.</summary>
    public ZnodeChildren Children => OwnChildren ?? ZnodeChildren.None;

    /// <summary>The session that owns it when it is ephemeral, otherwise 0.</summary>
    public long EphemeralOwner => OwnerMark.SessionOf(Owner);

    /// <summary>Which list of the <see cref="AclTable"/> guards it.</summary>
    public int AclId { get; internal set; }

    /// <summary>The Stat that clients see.</summary>
    public Stat Stat => new(
        Czxid, Mzxid, Ctime, Mtime, Version, Cversion, Aversion, EphemeralOwner, Data.Length, ChildCount, Pzxid);

    internal Znode? Parent { get; }

    /// <summary>The session that owns it, or an <see cref="OwnerMark"/>, or 0.</summary>
    internal long Owner { get; init; }

    /// <summary>The next znode in the same bucket of the <see cref="ZnodeIndex"/>.</summary>
    internal Znode? NextInBucket { get; set; }

    internal uint Hash { get; }

    /// <summary>Where it is in the <see cref="OwnedZnodes"/> that it is among, which are those of its <see cref="Owner"/>.</summary>
    internal int Place { get; set; }

    internal long Czxid { get; init; }

    /// <summary>Whether it is in the tree no more, for those who have looked at it before.</summary>
    internal bool IsDeleted => (_nameLength & DeletedFlag) != 0;

    internal long Mzxid { get; set; }

    internal long Ctime { get; init; }

    internal long Mtime { get; set; }

    internal int Version { get; set; }

    internal int Aversion { get; set; }

    /// <summary>Null until a child is created for the first time.</summary>
    internal ZnodeChildren? OwnChildren { get; set; }

    internal long Pzxid => OwnChildren?.Pzxid ?? Czxid;

    internal int CreatedChildren => OwnChildren?.Created ?? 0;

    private int NameLength => _nameLength & ~(NullDataFlag | SharedFlag | DeletedFlag);

    // ZooKeeper shows the changes of the list of children: creates and deletes, from creates and what is left.
    private int Cversion => OwnChildren is { } children ? unchecked(2 * children.Created - children.Count) : 0;

    /// <summary>The absolute path, written out anew.</summary>
    public byte[] GetPath()
    {
        if (Parent is null)
            return ZnodePath.Root.ToArray();
        int length = 0;
        for (Znode node = this; node.Parent is not null; node = node.Parent)
            length += 1 + node.NameLength;
        byte[] path = new byte[length];
        for (Znode node = this; node.Parent is not null; node = node.Parent)
        {
            length -= node.NameLength;
            node.Name.CopyTo(path.AsSpan(length));
            path[--length] = (byte)'/';
        }
        return path;
    }

    /// <summary>The data as it is now, to be looked at when the replica's lock is let go: what is set afterwards is kept
    /// elsewhere. Readers may ask for it side by side, since all of them set the same flag.</summary>
    public ReadOnlyMemory<byte> ShareData()
    {
        _nameLength |= SharedFlag;
        return _nameAndData.AsMemory(NameLength);
    }

    internal bool HasPath(ReadOnlySpan<byte> path)
    {
        for (Znode node = this; node.Parent is not null; node = node.Parent)
        {
            var name = node.Name;
            if (!path.EndsWith(name))
                return false;
            path = path[..^name.Length];
            if (path.IsEmpty || path[^1] != '/')
                return false;
            path = path[..^1];
        }
        return path.IsEmpty;
    }

    internal void MarkDeleted() => _nameLength |= DeletedFlag;

    internal void SetData(ReadOnlySpan<byte> data, bool hasData)
    {
        // In place where it fits: values of a steady size make no garbage.
        if (data.Length == Data.Length && (_nameLength & SharedFlag) == 0)
            data.CopyTo(_nameAndData.AsSpan(NameLength));
        else
            _nameAndData = Join(Name, data);
        _nameLength = NameLength | (hasData ? 0 : NullDataFlag);
    }

    private static byte[] Join(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        byte[] joined = GC.AllocateUninitializedArray<byte>(name.Length + data.Length);
        name.CopyTo(joined);
        data.CopyTo(joined.AsSpan(name.Length));
        return joined;
    }
}
