using Coordination.Grains.Messages;
using Coordination.Protocol;

namespace Coordination.Grains;

/// <summary>One znode, on behalf of a session: what it tells is never less than the session has seen, anywhere.</summary>
/// <remarks>Every operation fails with a <see cref="ZnodeException"/>, as those of <see cref="IZnodeGrain"/>.</remarks>
public sealed class SessionZnode
{
    private readonly GrainSession _session;
    private readonly IZnodeGrain _grain;

    internal SessionZnode(GrainSession session, IZnodeGrain grain)
    {
        _session = session;
        _grain = grain;
    }

    /// <inheritdoc cref="IZnodeGrain.CreateAsync"/>
    public Task<CreatedZnode> CreateAsync(ZnodeCreation creation) =>
        AskAsync(ticket => _grain.CreateAsync(creation, ticket), static created => created.Zxid);

    /// <inheritdoc cref="IZnodeGrain.GetAsync"/>
    public Task<ZnodeData> GetAsync() => AskAsync(_grain.GetAsync, static data => data.Zxid);

    /// <summary>Reads the Stat; null where there is no znode. Needs READ, as from ZooKeeper 3.9.2 on.</summary>
    public async Task<Stat?> ExistsAsync() => (await AskAsync(_grain.FindAsync, static found => found.Zxid).ConfigureAwait(false)).Stat;

    /// <inheritdoc cref="IZnodeGrain.SetAsync"/>
    public Task<Stat> SetAsync(byte[]? data, int expectedVersion = -1) =>
        AskAsync(ticket => _grain.SetAsync(data, expectedVersion, ticket), static stat => stat.Mzxid);

    /// <summary>Deletes the znode, which must have no children; needs DELETE at its parent.</summary>
    /// <param name="expectedVersion">The version that the znode must have; -1 for any.</param>
    public Task DeleteAsync(int expectedVersion = -1) =>
        AskAsync(ticket => _grain.DeleteAsync(expectedVersion, ticket), static zxid => zxid);

    /// <inheritdoc cref="IZnodeGrain.GetChildrenAsync"/>
    public Task<ZnodeChildren> GetChildrenAsync() => AskAsync(_grain.GetChildrenAsync, static children => children.Zxid);

    /// <inheritdoc cref="IZnodeGrain.GetAclAsync"/>
    public Task<ZnodeAcl> GetAclAsync() => AskAsync(_grain.GetAclAsync, static acl => acl.Zxid);

    /// <summary>Sets the ACL; needs ADMIN.</summary>
    /// <param name="acl">The ACL.</param>
    /// <param name="expectedAversion">The aversion that the znode must have; -1 for any.</param>
    public async Task<Stat> SetAclAsync(Acl[] acl, int expectedAversion = -1)
    {
        var replaced = await AskAsync(
            ticket => _grain.ReplaceAclAsync(acl, expectedAversion, ticket), static replaced => replaced.Zxid).ConfigureAwait(false);
        return replaced.Stat.GetValueOrDefault();
    }

    /// <summary>Sends every event of the znode to an observer, as <see cref="IZnodeGrain.SubscribeAsync"/>. What the session reads
    /// after the observer was told is as of the event, or later.</summary>
    /// <param name="observer">The observer itself. It is told for as long as it and the session are kept alive; subscribing it again
    /// renews its subscription.</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    public Task<long> SubscribeAsync(IZnodeObserver observer) => AskAsync(
        ticket => _grain.SubscribeAsync(_session.ReferenceTo(observer), ticket), static zxid => zxid);

    /// <summary>Sends every event of the znode, and of all below it, to an observer, as
    /// <see cref="IZnodeGrain.SubscribeRecursivelyAsync"/>.</summary>
    /// <param name="observer">As in <see cref="SubscribeAsync"/>.</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    public Task<long> SubscribeRecursivelyAsync(IZnodeObserver observer) => AskAsync(
        ticket => _grain.SubscribeRecursivelyAsync(_session.ReferenceTo(observer), ticket), static zxid => zxid);

    /// <summary>Sends an observer no more events, in whichever way it has subscribed.</summary>
    /// <param name="observer">The observer itself.</param>
    public Task UnsubscribeAsync(IZnodeObserver observer) => _grain.UnsubscribeAsync(_session.ReferenceTo(observer));

    // A refusal shows something, too: that there is no znode, or that it has another version.
    private async Task<T> AskAsync<T>(Func<SessionTicket, Task<T>> ask, Func<T, long> zxidOf)
    {
        try
        {
            var answer = await ask(_session.Ticket).ConfigureAwait(false);
            _session.Saw(zxidOf(answer));
            return answer;
        }
        catch (ZnodeException refusal)
        {
            _session.Saw(refusal.Zxid);
            throw;
        }
    }
}
