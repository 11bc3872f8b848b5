using Coordination.Engine.Quotas;

namespace Coordination.Engine.Tree;

/// <summary>A znode as it was looked at, to find out later whether it still shows the same.</summary>
/// <remarks>Made and asked under the replica's lock, which may be let go in between.</remarks>
public readonly struct ZnodeMark
{
    private readonly Znode _node;
    private readonly long _mzxid;
    private readonly long _pzxid;
    private readonly int _aversion;

    /// <summary>Marks a znode as it is now.</summary>
    /// <param name="path">Its path in UTF-8.</param>
    /// <param name="node">The znode.</param>
    public ZnodeMark(ReadOnlySpan<byte> path, Znode node)
    {
        _node = node;
        // The usage that a quota shows changes without an entry that tells of it.
        _mzxid = QuotaPath.IsOfQuotas(path) ? 0 : node.Mzxid;
        _pzxid = node.Pzxid;
        _aversion = node.Aversion;
    }

    /// <summary>Whether the znode is still there, with the data, the children and the ACL that it had.</summary>
    public bool IsCurrent =>
        !_node.IsDeleted && _node.Mzxid == _mzxid && _node.Pzxid == _pzxid && _node.Aversion == _aversion;
}
