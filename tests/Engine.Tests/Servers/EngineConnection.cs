using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>What the gateway makes of the engine for one connection: reads, watches and identities.</summary>
internal sealed class EngineConnection(EngineServer server, Caller caller) : Watcher, IConnection
{
    private readonly List<ReceivedEvent> _events = [];

    public static Identity[] FirstIdentities => [new Identity(AuthenticationScheme.Ip, "127.0.0.1")];

    public Caller Caller { get; private set; } = caller;

    public long SessionId => Caller.SessionId;

    private CoordinationState State => server.State;

    public Reply Execute(Call call)
    {
        switch (call.Operation)
        {
            case OperationCode.SetWatches or OperationCode.SetWatches2:
                return Renew(call);
            case OperationCode.AddWatch or OperationCode.CheckWatches or OperationCode.RemoveWatches:
                return new Reply(Watch(call), State.LastZxid);
            case OperationCode.CloseSession:
                return Close();
            default:
                return call.Write is { } write ? server.Carry(Caller, write, call.Once) : Read(call);
        }
    }

    public ErrorCode Authenticate(string scheme, byte[] credentials)
    {
        if (scheme == AuthenticationScheme.Digest)
        {
            Add(DigestIdentity.FromCredentials(credentials));
            if (credentials.AsSpan().SequenceEqual("super:test"u8))
                Add(new Identity(AuthenticationScheme.Super, ""));
        }
        return scheme is AuthenticationScheme.Digest or AuthenticationScheme.Ip ? ErrorCode.Ok : ErrorCode.AuthFailed;
    }

    /// <summary>Lets the connection come from another address.</summary>
    public void SetAddress(string address) => Caller = Caller with
    {
        Identities = [new Identity(AuthenticationScheme.Ip, address), .. Caller.Identities.Skip(1)],
    };

    public IReadOnlyList<ReceivedEvent> TakeEvents()
    {
        ReceivedEvent[] taken = [.. _events];
        _events.Clear();
        return taken;
    }

    public void Drop() => State.Watches.RemoveAll(this);

    public override bool MayRead(ReadOnlySpan<Acl> acl) => AccessRules.Allows(acl, Permissions.Read, Caller.Identities);

    public override void Notify(in WatchEvent watchEvent) =>
        _events.Add(new ReceivedEvent(watchEvent.Type, Encoding.UTF8.GetString(watchEvent.Path), watchEvent.Zxid));

    private void Add(Identity identity) => Caller = Caller with { Identities = [.. Caller.Identities, identity] };

    private Reply Close()
    {
        var reply = server.Carry(Caller, new CloseSessionOperation(SessionId, null));
        if (reply.Error == ErrorCode.Ok)
            Drop();
        return reply;
    }

    private Reply Renew(Call call)
    {
        foreach (var (kind, paths) in call.Watches)
        {
            foreach (byte[] path in paths)
                State.Watches.Renew(State.Tree, this, call.RelativeZxid, kind, path);
        }
        return new Reply(ErrorCode.Ok, State.LastZxid);
    }

    private ErrorCode Watch(Call call)
    {
        WatchKind[] kinds = call.Operation == OperationCode.AddWatch
            ? KindsOf((AddWatchMode)call.WatchNumber) : KindsOf((WatcherType)call.WatchNumber);
        if (kinds.Length == 0)
            return ErrorCode.MarshallingError;
        if (call.Operation == OperationCode.AddWatch)
        {
            State.Watches.Add(kinds[0], call.Path, this);
            return ErrorCode.Ok;
        }
        int found = call.Operation == OperationCode.CheckWatches
            ? kinds.Count(kind => State.Watches.Contains(kind, call.Path, this))
            : kinds.Count(kind => State.Watches.Remove(kind, call.Path, this));
        return found > 0 ? ErrorCode.Ok : ErrorCode.NoWatcher;
    }

    private static WatchKind[] KindsOf(AddWatchMode mode) => mode switch
    {
        AddWatchMode.Persistent => [WatchKind.Persistent],
        AddWatchMode.PersistentRecursive => [WatchKind.Recursive],
        _ => [],
    };

    private static WatchKind[] KindsOf(WatcherType type) => type switch
    {
        WatcherType.Children => [WatchKind.Children],
        WatcherType.Data => [WatchKind.Data],
        WatcherType.Any => Enum.GetValues<WatchKind>(),
        WatcherType.Persistent => [WatchKind.Persistent],
        WatcherType.PersistentRecursive => [WatchKind.Recursive],
        _ => [],
    };

    private Reply Read(Call call)
    {
        var node = State.Tree.Find(call.Path);
        var error = MayRead(call, node);
        if (call.Watch && (error == ErrorCode.Ok || (error == ErrorCode.NoNode && call.Operation == OperationCode.Exists)))
        {
            var kind = call.Operation is OperationCode.GetChildren or OperationCode.GetChildren2
                ? WatchKind.Children : WatchKind.Data;
            State.Watches.Add(kind, call.Path, this);
        }
        return error == ErrorCode.Ok ? Answer(call.Operation, node!) : new Reply(error, State.LastZxid);
    }

    private ErrorCode MayRead(Call call, Znode? node)
    {
        if (call.Operation == OperationCode.Exists && call.Path.Contains((byte)0))
            return ErrorCode.BadArguments;
        if (node is null)
            return ErrorCode.NoNode;
        var needed = call.Operation == OperationCode.GetAcl ? Permissions.Read | Permissions.Admin : Permissions.Read;
        return AccessRules.Allows(State.Tree.Acls[node.AclId], needed, Caller.Identities)
            ? ErrorCode.Ok : ErrorCode.NoAuth;
    }

    private Reply Answer(OperationCode operation, Znode node)
    {
        var reply = new Reply(ErrorCode.Ok, State.LastZxid);
        switch (operation)
        {
            case OperationCode.GetData:
                return reply with { HasData = true, Data = node.HasData ? node.Data.ToArray() : null, Stat = node.Stat };
            case OperationCode.GetAcl:
                var acls = State.Tree.Acls[node.AclId];
                bool maySet = AccessRules.Allows(acls, Permissions.Admin, Caller.Identities);
                return reply with { Acls = maySet ? acls.ToArray() : AccessRules.Mask(acls), Stat = node.Stat };
            case OperationCode.GetChildren or OperationCode.GetChildren2:
                var names = new List<string>();
                foreach (var child in node.Children)
                    names.Add(Encoding.UTF8.GetString(child.Name));
                return reply with
                {
                    Children = [.. names],
                    Stat = operation == OperationCode.GetChildren2 ? node.Stat : null,
                };
            default:
                return reply with { Stat = node.Stat };
        }
    }
}
