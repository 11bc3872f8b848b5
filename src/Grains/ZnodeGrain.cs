using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Coordination.Grains;

/// <inheritdoc cref="IZnodeGrain"/>
public sealed class ZnodeGrain : Grain, IZnodeGrain
{
    private readonly SiloWriter _writer;
    private readonly Replica _replica;
    private readonly SessionTracker _tracker;
    private readonly ZnodeSubscriptions _subscriptions;
    private readonly ZnodeSubscriptions _recursiveSubscriptions;
    private byte[] _path = [];

    /// <summary>Made by the runtime.</summary>
    public ZnodeGrain(SiloWriter writer, Replica replica, SessionTracker tracker, ILogger<ZnodeGrain> logger)
    {
        _writer = writer;
        _replica = replica;
        _tracker = tracker;
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
        ticket, Permissions.Read, static node => new ZnodeData(node.HasData ? node.Data.ToArray() : null, node.Stat));

    /// <inheritdoc/>
    public Task<Stat?> ExistsAsync(SessionTicket? ticket = null) => LookAsync<Stat?>(
        () => _replica.State.Tree.Find(_path) is { } node ? Checked(node, ticket, Permissions.Read).Stat : null);

    /// <inheritdoc/>
    public async Task<Stat> SetAsync(byte[]? data, int expectedVersion = -1, SessionTicket? ticket = null) =>
        (await WriteAsync(new SetDataOperation(_path, data, expectedVersion), ticket)).Stat;

    /// <inheritdoc/>
    public Task DeleteAsync(int expectedVersion = -1, SessionTicket? ticket = null) =>
        WriteAsync(new DeleteOperation(_path, expectedVersion), ticket);

    /// <inheritdoc/>
    public Task<Messages.ZnodeChildren> GetChildrenAsync(SessionTicket? ticket = null) =>
        ReadAsync(ticket, Permissions.Read, static node =>
        {
            var names = new List<string>(node.ChildCount);
            foreach (var child in node.Children)
                names.Add(Encoding.UTF8.GetString(child.Name));
            return new Messages.ZnodeChildren([.. names], node.Stat);
        });

    /// <inheritdoc/>
    public Task<ZnodeAcl> GetAclAsync(SessionTicket? ticket = null) =>
        ReadAsync(ticket, Permissions.Read | Permissions.Admin, node =>
        {
            var acl = _replica.State.Tree.Acls[node.AclId];
            bool maySet = AccessRules.Allows(acl, Permissions.Admin, ticket?.Identities);
            return new ZnodeAcl(maySet ? acl.ToArray() : AccessRules.Mask(acl), node.Stat);
        });

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
        return LookAsync(() =>
        {
            DelayDeactivation(ZnodeSubscriptions.Life);
            return subscriptions.Subscribe(_path, observer, ticket?.Identities ?? [], turns);
        });
    }

    private Task<T> ReadAsync<T>(SessionTicket? ticket, Permissions needed, Func<Znode, T> read) => LookAsync(() =>
    {
        var node = _replica.State.Tree.Find(_path) ?? throw new ZnodeException(ErrorCode.NoNode, Path);
        return read(Checked(node, ticket, needed));
    });

    // Not while an entry is applied in part; nor where what is there may be older than the sync limit, as at the gateway.
    private async Task<T> LookAsync<T>(Func<T> look)
    {
        while (true)
        {
            if (!_tracker.MayServe(_tracker.Now))
                throw new ZnodeException(ErrorCode.ConnectionLoss, Path);
            using (_replica.Lock.EnterRead())
            {
                if (!_replica.State.IsBetween)
                    return look();
            }
            await _replica.WhenSettledAsync(CancellationToken.None);
        }
    }

    private Znode Checked(Znode node, SessionTicket? ticket, Permissions needed) =>
        AccessRules.Allows(_replica.State.Tree.Acls[node.AclId], needed, ticket?.Identities)
            ? node
            : throw new ZnodeException(ErrorCode.NoAuth, Path);

    private async Task<WriteReply> WriteAsync(WriteOperation operation, SessionTicket? ticket)
    {
        var caller = ticket is null
            ? new Caller(0, 0, [])
            : new Caller(ticket.SessionId, ticket.AttachZxid, ticket.Identities);
        var reply = await _writer.WriteAsync(caller, operation);
        return reply.Error == ErrorCode.Ok ? reply : throw new ZnodeException(reply.Error, Path);
    }
}
