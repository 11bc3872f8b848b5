using Coordination.Engine;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Checking;

/// <summary>ZooKeeper's rules for writes, written down once more: what becomes of a request at a state.</summary>
internal sealed class WriteRules
{
    private readonly CoordinationState _state;
    private readonly Dictionary<string, Seen> _changed = [];

    private WriteRules(CoordinationState state) => _state = state;

    /// <summary>Judges a request against a state, which it leaves as it is.</summary>
    /// <returns>The error, and the part of a multi that fails; Ok and null for a request that may be done.</returns>
    public static (ErrorCode Error, int? FailedPart) Judge(CoordinationState state, WriteRequest request)
    {
        var rules = new WriteRules(state);
        for (int part = 0; part < request.Parts.Count; part++)
        {
            var error = rules.Do(request.Parts[part]);
            if (error != ErrorCode.Ok)
                return (error, request is MultiRequest ? part : null);
        }
        return (ErrorCode.Ok, null);
    }

    private ErrorCode Do(SingleWrite write) => write switch
    {
        CreateRequest create => Create(create),
        DeleteRequest delete => Delete(delete),
        SetDataRequest set => Set(set),
        SetAclRequest setAcl => SetAcl(setAcl),
        _ => CheckVersion(Find(write.Path), ((CheckRequest)write).Version),
    };

    private ErrorCode Create(CreateRequest create)
    {
        string parentPath = Paths.ParentOf(create.Path);
        var parent = Find(parentPath);
        if (!parent.IsThere)
            return ErrorCode.NoNode;
        if (!parent.Allows(Permissions.Create))
            return ErrorCode.NoAuth;
        // Nobody but the service makes names with suffixes in these runs: they are new.
        if (!create.IsSequential && Find(create.Path).IsThere)
            return ErrorCode.NodeExists;
        if (parent.IsEphemeral)
            return ErrorCode.NoChildrenForEphemerals;
        _changed[parentPath] = parent with { Children = parent.Children + 1 };
        if (!create.IsSequential)
            _changed[create.Path] = new Seen(true, 0, 0, create.IsEphemeral, 0, Permissions.All);
        return ErrorCode.Ok;
    }

    private ErrorCode Delete(DeleteRequest delete)
    {
        string parentPath = Paths.ParentOf(delete.Path);
        var parent = Find(parentPath);
        if (!parent.IsThere)
            return ErrorCode.NoNode;
        if (!parent.Allows(Permissions.Delete))
            return ErrorCode.NoAuth;
        var znode = Find(delete.Path);
        var error = CheckVersion(znode, delete.Version);
        if (error != ErrorCode.Ok)
            return error;
        if (znode.Children > 0)
            return ErrorCode.NotEmpty;
        _changed[parentPath] = parent with { Children = parent.Children - 1 };
        _changed[delete.Path] = default;
        return ErrorCode.Ok;
    }

    private ErrorCode Set(SetDataRequest set)
    {
        var znode = Find(set.Path);
        if (znode.IsThere && !znode.Allows(Permissions.Write))
            return ErrorCode.NoAuth;
        var error = CheckVersion(znode, set.Version);
        if (error == ErrorCode.Ok)
            _changed[set.Path] = znode with { Version = znode.Version + 1 };
        return error;
    }

    private ErrorCode SetAcl(SetAclRequest set)
    {
        var znode = Find(set.Path);
        if (!znode.IsThere)
            return ErrorCode.NoNode;
        if (set.Version != -1 && set.Version != znode.AclVersion)
            return ErrorCode.BadVersion;
        _changed[set.Path] = znode with { AclVersion = znode.AclVersion + 1, Allowed = set.Allowed };
        return ErrorCode.Ok;
    }

    private static ErrorCode CheckVersion(Seen znode, int expected)
    {
        if (!znode.IsThere)
            return ErrorCode.NoNode;
        return expected == -1 || expected == znode.Version ? ErrorCode.Ok : ErrorCode.BadVersion;
    }

    private Seen Find(string path)
    {
        if (_changed.TryGetValue(path, out var changed))
            return changed;
        return _state.Find(path) is { } znode
            ? new Seen(
                true, znode.Stat.Version, znode.ChildCount, znode.EphemeralOwner != 0, znode.Stat.Aversion,
                (Permissions)_state.Tree.Acls[znode.AclId][0].Permissions)
            : default;
    }

    // Nobody in these runs is more than anybody: one entry says it all.
    private readonly record struct Seen(
        bool IsThere, int Version, int Children, bool IsEphemeral, int AclVersion, Permissions Allowed)
    {
        public bool Allows(Permissions permission) => (Allowed & permission) != 0;
    }
}
