using System.Text;
using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Coordination.Grains;

/// <inheritdoc cref="IZnodeGrain"/>
public sealed class ZnodeGrain : Grain, IZnodeGrain
{
    private readonly SiloWriter _writer;
    private readonly ReplicaReader _reader;
    private readonly ZnodeSubscriptions _subscriptions;
    private readonly ZnodeSubscriptions _recursiveSubscriptions;
    private byte[] _path = [];

    /// <summary>Made by the runtime.</summary>
    public ZnodeGrain(SiloWriter writer, Replica replica, ReplicaReader reader, ILogger<ZnodeGrain> logger)
    {
        _writer = writer;
        _reader = reader;
        _subscriptions = new ZnodeSubscriptions(WatchKind.Persistent, replica, logger);
        _recursiveSubscriptions = new ZnodeSubscriptions(WatchKind.Recursive, replica, logger);
    }

    private string Path => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _path = Encoding.UTF8.GetBytes(Path);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _subscriptions.StopWatching();
        _recursiveSubscriptions.StopWatching();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CreatedZnode> CreateAsync(ZnodeCreation creation, SessionTicket? ticket = null)
    {
        var reply = await WriteAsync(
            new CreateOperation(_path, creation.Data, creation.Acl ?? [Acl.Open], (int)creation.Mode, returnsStat: true)
            {
                IsContainer = creation.Mode == CreateMode.Container,
                TimeToLive = creation.TimeToLiveMilliseconds,
            },
            ticket);
        return new CreatedZnode(reply.Path, reply.Stat);
    }

    /// <inheritdoc/>
    public Task<ZnodeData> GetAsync(SessionTicket? ticket = null) => ReadAsync(
        ticket, Permissions.Read,
        static (state, node) => new ZnodeData(node.HasData ? node.Data.ToArray() : null, node.Stat, state.LastZxid));

    /// <inheritdoc/>
    public Task<ZnodeStat> FindAsync(SessionTicket? ticket = null) => LookAsync(
        ticket,
        state => new ZnodeStat(
            state.Tree.Find(_path) is { } node ? Checked(state, node, ticket, Permissions.Read).Stat : null, state.LastZxid));

    /// <inheritdoc/>
    public async Task<Stat?> ExistsAsync(SessionTicket? ticket = null) => (await FindAsync(ticket)).Stat;

    /// <inheritdoc/>
    public async Task<Stat> SetAsync(byte[]? data, int expectedVersion = -1, SessionTicket? ticket = null) =>
        (await WriteAsync(new SetDataOperation(_path, data, expectedVersion), ticket)).Stat;

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(int expectedVersion = -1, SessionTicket? ticket = null) =>
        (await WriteAsync(new DeleteOperation(_path, expectedVersion), ticket)).Zxid;

    /// <inheritdoc/>
    public Task<Messages.ZnodeChildren> GetChildrenAsync(SessionTicket? ticket = null) =>
        ReadAsync(ticket, Permissions.Read, static (state, node) =>
        {
            var names = new List<string>(node.ChildCount);
            foreach (var child in node.Children)
                names.Add(Encoding.UTF8.GetString(child.Name));
            return new Messages.ZnodeChildren([.. names], node.Stat, state.LastZxid);
        });

    /// <inheritdoc/>
    public Task<ZnodeAcl> GetAclAsync(SessionTicket? ticket = null) =>
        ReadAsync(ticket, Permissions.Read | Permissions.Admin, (state, node) =>
        {
            var acl = state.Tree.Acls[node.AclId];
            bool maySet = AccessRules.Allows(acl, Permissions.Admin, ticket?.Identities);
            return new ZnodeAcl(maySet ? acl.ToArray() : AccessRules.Mask(acl), node.Stat, state.LastZxid);
        });

    /// <inheritdoc/>
    public async Task<ZnodeStat> ReplaceAclAsync(Acl[] acl, int expectedAversion = -1, SessionTicket? ticket = null)
    {
        var reply = await WriteAsync(new SetAclOperation(_path, acl, expectedAversion), ticket);
        return new ZnodeStat(reply.Stat, reply.Zxid);
    }

    /// <inheritdoc/>
    public async Task<Stat> SetAclAsync(Acl[] acl, int expectedAversion = -1, SessionTicket? ticket = null) =>
        (await WriteAsync(new SetAclOperation(_path, acl, expectedAversion), ticket)).Stat;

    /// <inheritdoc/>
    public Task<long> SubscribeAsync(IZnodeObserver observer, SessionTicket? ticket = null) =>
        SubscribeAsync(_subscriptions, observer, ticket);

    /// <inheritdoc/>
    public Task<long> SubscribeRecursivelyAsync(IZnodeObserver observer, SessionTicket? ticket = null) =>
        SubscribeAsync(_recursiveSubscriptions, observer, ticket);

    /// <inheritdoc/>
    public Task UnsubscribeAsync(IZnodeObserver observer)
    {
        _subscriptions.Unsubscribe(observer);
        _recursiveSubscriptions.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    private Task<long> SubscribeAsync(ZnodeSubscriptions subscriptions, IZnodeObserver observer, SessionTicket? ticket)
    {
        var turns = TaskScheduler.Current;
        return LookAsync(ticket, _ =>
        {
            DelayDeactivation(ZnodeSubscriptions.Life);
            return subscriptions.Subscribe(_path, observer, ticket?.Identities ?? [], turns);
        });
    }

    // One that is not there another silo may have made, and told its client, who told this one: as at the gateway. Not so where
    // its coming is heard of by who has subscribed, as after FindAsync.
    private async Task<T> ReadAsync<T>(SessionTicket? ticket, Permissions needed, Func<CoordinationState, Znode, T> read)
    {
        try
        {
            return await LookAsync(ticket, Look);
        }
        catch (ZnodeException refusal) when (refusal.Code == ErrorCode.NoNode && _reader.IsShared)
        {
            await _reader.AskForMissingAsync(Path);
        }
        return await LookAsync(ticket, Look);

        T Look(CoordinationState state)
        {
            var node = state.Tree.Find(_path) ?? throw new ZnodeException(ErrorCode.NoNode, Path, state.LastZxid);
            return read(state, Checked(state, node, ticket, needed));
        }
    }

    private Task<T> LookAsync<T>(SessionTicket? ticket, Func<CoordinationState, T> look) =>
        _reader.LookAsync(Path, ticket?.Seen ?? 0, look);

    private Znode Checked(CoordinationState state, Znode node, SessionTicket? ticket, Permissions needed) =>
        AccessRules.Allows(state.Tree.Acls[node.AclId], needed, ticket?.Identities)
            ? node
            : throw new ZnodeException(ErrorCode.NoAuth, Path, state.LastZxid);

    private async Task<WriteReply> WriteAsync(WriteOperation operation, SessionTicket? ticket)
    {
        var caller = ticket is null
            ? new Caller(0, 0, [])
            : new Caller(ticket.SessionId, ticket.AttachZxid, ticket.Identities);
        var reply = await _writer.WriteAsync(caller, operation);
        return reply.Error == ErrorCode.Ok ? reply : throw new ZnodeException(reply.Error, Path, reply.Zxid);
    }
}
