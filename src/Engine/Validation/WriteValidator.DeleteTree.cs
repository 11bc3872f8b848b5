using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <content>The deletion of a znode with all that is below it.</content>
public sealed partial class WriteValidator
{
    private ErrorCode DeleteTree(DeleteTreeOperation delete, Caller caller)
    {
        var error = CheckDelete(delete.Path, delete.Version, caller, out _, out _);
        if (error != ErrorCode.Ok)
            return error;
        if (!_pending.TryListTree(delete.Path, DeleteTreeOperation.MostZnodes, DeleteTreeOperation.MostPathBytes, out var paths))
            return ErrorCode.LimitExceeded;
        error = CheckDeletesBelow(paths, caller);
        if (error != ErrorCode.Ok)
            return error;
        // A path comes before those below it: from the last to the first, children go before their parents.
        paths.Sort(static (a, b) => b.AsSpan().SequenceCompareTo(a));
        var mark = _batch.BeginMulti();
        foreach (byte[] path in paths)
        {
            _pending.TryGetZnode(path, out var znode);
            _pending.TryGetZnode(ZnodePath.ParentOf(path), out var parent);
            Delete(path, znode, parent);
        }
        _batch.EndList(mark, paths.Count);
        return ErrorCode.Ok;
    }

    // Whoever deletes a znode needs the right in its parent's ACL: here in that of each that has children.
    private ErrorCode CheckDeletesBelow(List<byte[]> paths, Caller caller)
    {
        foreach (byte[] path in paths)
        {
            if (ZnodePath.IsSpecial(path))
                return ErrorCode.BadArguments;
            if (_pending.TryGetZnode(path, out var znode) && znode.ChildCount > 0
                && !AccessRules.Allows(znode.Acls, Permissions.Delete, caller.Identities))
            {
                return ErrorCode.NoAuth;
            }
        }
        return ErrorCode.Ok;
    }
}
