using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Following;

/// <summary>Who follows updates, by path. Where nobody does, a change costs a comparison.</summary>
/// <remarks>Followers are added and removed under the replica's lock for reading, and told under it for writing.</remarks>
public sealed class FollowerTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], List<UpdateFollower>> _ofZnodes = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], List<UpdateFollower>> _ofTrees = new(ByteSequenceComparer.Instance);
    private readonly List<UpdateFollower> _concerned = [];
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the entry that is being applied has something for anybody.</summary>
    internal bool HasGathered => _concerned.Count > 0;

    /// <summary>Adds a follower, who is told of the next entry first.</summary>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="isRecursive">Whether all below it is followed, too.</param>
    /// <param name="follower">Who follows.</param>
    public void Add(ReadOnlySpan<byte> path, bool isRecursive, UpdateFollower follower)
    {
        lock (_lock)
        {
            var byPath = Of(isRecursive).GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!byPath.TryGetValue(path, out var followers))
                byPath[path] = followers = [];
            followers.Add(follower);
            _count++;
        }
    }

    /// <summary>Removes a follower.</summary>
    public void Remove(ReadOnlySpan<byte> path, bool isRecursive, UpdateFollower follower)
    {
        lock (_lock)
        {
            var byPath = Of(isRecursive).GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!byPath.TryGetValue(path, out var followers) || !followers.Remove(follower))
                return;
            if (followers.Count == 0)
                byPath.Remove(path);
            _count--;
        }
    }

    /// <summary>Whether anybody follows a znode.</summary>
    internal bool IsFollowed(ReadOnlySpan<byte> path) => _count > 0 && Gather(path, null);

    internal void Created(ReadOnlySpan<byte> path, Znode node, Acl[] acl) => Gather(path, new ZnodeUpdate(
        ZnodeUpdateKind.Created, path.ToArray(), node.Czxid, node.Ctime, DataOf(node), KnownData.None, node.Stat, acl));

    internal void DataSet(ReadOnlySpan<byte> path, Znode node, KnownData before, Acl[] acl) => Gather(path, new ZnodeUpdate(
        ZnodeUpdateKind.DataSet, path.ToArray(), node.Mzxid, node.Mtime, DataOf(node), before, node.Stat, acl));

    internal void AclSet(ReadOnlySpan<byte> path, Znode node, long zxid, long time, Acl[] acl)
    {
        var data = DataOf(node);
        Gather(path, new ZnodeUpdate(ZnodeUpdateKind.AclSet, path.ToArray(), zxid, time, data, data, node.Stat, acl));
    }

    internal void Deleted(ReadOnlySpan<byte> path, Znode node, long zxid, long time, Acl[] acl) => Gather(path, new ZnodeUpdate(
        ZnodeUpdateKind.Deleted, path.ToArray(), zxid, time, KnownData.None, DataOf(node), node.Stat, acl));

    /// <summary>Tells what the entry did that has just been applied.</summary>
    internal void Tell()
    {
        foreach (var follower in _concerned)
        {
            follower.Take(follower.Gathered);
            follower.Gathered.Clear();
        }
        _concerned.Clear();
    }

    /// <summary>A znode's data as it is now, which stays whatever is set afterwards.</summary>
    // The cast keeps null what is null: a null array alone would become the empty memory.
    internal static KnownData DataOf(Znode node) => new(true, node.HasData ? node.ShareData() : (ReadOnlyMemory<byte>?)null);

    private Dictionary<byte[], List<UpdateFollower>> Of(bool isRecursive) => isRecursive ? _ofTrees : _ofZnodes;

    // Whether anybody follows the path; null to find out only that.
    private bool Gather(ReadOnlySpan<byte> path, ZnodeUpdate? update)
    {
        bool any = Gather(_ofZnodes, path, update);
        if (_ofTrees.Count == 0)
            return any;
        any |= Gather(_ofTrees, path, update);
        while (!ZnodePath.IsRoot(path))
        {
            path = ZnodePath.ParentOf(path);
            any |= Gather(_ofTrees, path.IsEmpty ? ZnodePath.Root : path, update);
        }
        return any;
    }

    private bool Gather(Dictionary<byte[], List<UpdateFollower>> by, ReadOnlySpan<byte> path, ZnodeUpdate? update)
    {
        if (!by.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out var followers))
            return false;
        if (update is null)
            return true;
        foreach (var follower in followers)
        {
            if (follower.Gathered.Count == 0)
                _concerned.Add(follower);
            follower.Gathered.Add(update);
        }
        return true;
    }
}
