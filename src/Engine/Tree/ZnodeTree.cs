using Coordination.Engine.Checkpoint;

namespace Coordination.Engine.Tree;

/// <summary>The tree of znodes.</summary>
/// <remarks>Changed only by applying entries. Not thread-safe: the replica's lock guards it.</remarks>
public sealed class ZnodeTree
{
    private readonly ZnodeIndex _index = new();

    internal ZnodeTree()
    {
    }

    /// <summary>The root.</summary>
    public Znode Root { get; private set; } = new(null, 0, default, default, hasData: true);

    /// <summary>The ACLs that znodes refer to.</summary>
    public AclTable Acls { get; } = new();

    /// <summary>How many znodes there are, the root and ZooKeeper's own included.</summary>
    public int Count => _index.Count + 1;

    /// <summary>How many bytes the paths and the data of all znodes take.</summary>
    public long ApproximateDataSize { get; private set; }

    /// <summary>Finds a znode.</summary>
    /// <param name="path">The absolute path in UTF-8; one that breaks the rules is simply not found.</param>
    /// <returns>The znode, or null.</returns>
    public Znode? Find(ReadOnlySpan<byte> path) => ZnodePath.IsRoot(path) ? Root : _index.Find(path);

    internal Znode Create(
        ReadOnlySpan<byte> path, ReadOnlySpan<byte> data, bool hasData, ReadOnlySpan<byte> acl, long owner,
        long zxid, long time, int parentCreated)
    {
        Znode parent = ParentOf(path);
        var node = new Znode(parent, ZnodeIndex.HashOf(path), path[(path.LastIndexOf((byte)'/') + 1)..], data, hasData)
        {
            Czxid = zxid,
            Mzxid = zxid,
            Ctime = time,
            Mtime = time,
            Owner = owner,
            AclId = Acls.Acquire(acl),
        };
        var children = parent.OwnChildren ??= new ZnodeChildren();
        children.Add(node);
        children.Created = parentCreated;
        children.Pzxid = zxid;
        _index.Add(node);
        ApproximateDataSize += path.Length + data.Length;
        return node;
    }

    internal void Delete(Znode node, ReadOnlySpan<byte> path, long zxid)
    {
        if (node.Parent is not { } parent || node.ChildCount > 0)
            throw new InvalidOperationException("the root, or a znode with children, cannot be deleted");
        parent.OwnChildren!.Remove(node);
        parent.OwnChildren.Pzxid = zxid;
        _index.Remove(node);
        node.MarkDeleted();
        Acls.Release(node.AclId);
        ApproximateDataSize -= path.Length + node.Data.Length;
    }

    internal void SetData(Znode node, ReadOnlySpan<byte> data, bool hasData, int version, long zxid, long time)
    {
        ApproximateDataSize += data.Length - node.Data.Length;
        node.SetData(data, hasData);
        node.Version = version;
        node.Mzxid = zxid;
        node.Mtime = time;
    }

    /// <summary>Shows other data in a znode than was written to it, which no Stat but its length tells of.</summary>
    internal void ShowData(Znode node, ReadOnlySpan<byte> data, bool hasData)
    {
        ApproximateDataSize += data.Length - node.Data.Length;
        node.SetData(data, hasData);
    }

    internal void SetAcl(Znode node, ReadOnlySpan<byte> acl, int aversion)
    {
        // Acquired before the old one is released: the same list must not go and come.
        int id = Acls.Acquire(acl);
        Acls.Release(node.AclId);
        node.AclId = id;
        node.Aversion = aversion;
    }

    internal Znode Load(scoped in ZnodeRecord record)
    {
        bool isRoot = ZnodePath.IsRoot(record.Path);
        var parent = isRoot ? null : ParentOf(record.Path);
        var name = isRoot ? default : record.Path[(record.Path.LastIndexOf((byte)'/') + 1)..];
        uint hash = isRoot ? 0 : ZnodeIndex.HashOf(record.Path);
        var node = new Znode(parent, hash, name, record.Data, record.HasData)
        {
            Czxid = record.Czxid,
            Mzxid = record.Mzxid,
            Ctime = record.Ctime,
            Mtime = record.Mtime,
            Version = record.Version,
            Aversion = record.Aversion,
            Owner = record.EphemeralOwner,
            AclId = Acls.Acquire(record.Acl),
        };
        // Null stands for "never had a child", where pzxid is czxid and the counter is 0.
        if (record.CreatedChildren != 0 || record.Pzxid != record.Czxid)
            node.OwnChildren = new ZnodeChildren { Created = record.CreatedChildren, Pzxid = record.Pzxid };
        if (parent is null)
        {
            Root = node;
        }
        else
        {
            (parent.OwnChildren ??= new ZnodeChildren { Pzxid = parent.Czxid }).Add(node);
            _index.Add(node);
        }
        ApproximateDataSize += record.Path.Length + record.Data.Length;
        return node;
    }

    private Znode ParentOf(ReadOnlySpan<byte> path) =>
        Find(ZnodePath.ParentOf(path)) ?? throw new InvalidOperationException("a znode without its parent");
}
