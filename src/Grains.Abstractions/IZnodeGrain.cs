using Coordination.Grains.Messages;
using Coordination.Protocol;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>One znode; its key is the absolute path. ZooKeeper's operations for Orleans clients.</summary>
/// <remarks>Reads are answered from the replica of the silo that the grain is on. Every operation fails with a
/// <see cref="ZnodeException"/> whose code is ZooKeeper's. A null ticket stands for nobody: no session, no identity.</remarks>
public interface IZnodeGrain : IGrainWithStringKey
{
    /// <summary>Creates the znode.</summary>
    /// <param name="creation">Data, ACL and mode.</param>
    /// <param name="ticket">On whose behalf; an ephemeral znode belongs to its session.</param>
    /// <returns>The path, with the suffix if it is sequential, and the Stat.</returns>
    [AlwaysInterleave]
    Task<CreatedZnode> CreateAsync(ZnodeCreation creation, SessionTicket? ticket = null);

    /// <summary>Reads data and Stat.</summary>
    [AlwaysInterleave]
    Task<ZnodeData> GetAsync(SessionTicket? ticket = null);

    /// <summary>Reads the Stat; null where there is no znode.</summary>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat?> ExistsAsync(SessionTicket? ticket = null);

    /// <summary>Sets the data.</summary>
    /// <param name="data">The data, which may be null.</param>
    /// <param name="expectedVersion">The version that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat> SetAsync(byte[]? data, int expectedVersion = -1, SessionTicket? ticket = null);

    /// <summary>Deletes the znode, which must have no children.</summary>
    /// <param name="expectedVersion">The version that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task DeleteAsync(int expectedVersion = -1, SessionTicket? ticket = null);

    /// <summary>Reads the names of the children, in byte order, and the Stat.</summary>
    [AlwaysInterleave]
    Task<ZnodeChildren> GetChildrenAsync(SessionTicket? ticket = null);

    /// <summary>Reads the ACL, its digests masked for one who may not set it.</summary>
    [AlwaysInterleave]
    Task<ZnodeAcl> GetAclAsync(SessionTicket? ticket = null);

    /// <summary>Sets the ACL.</summary>
    /// <param name="acl">The ACL.</param>
    /// <param name="expectedAversion">The aversion that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat> SetAclAsync([Immutable] Acl[] acl, int expectedAversion = -1, SessionTicket? ticket = null);

    /// <summary>Sends every event of the znode to an observer: its coming and going, its data, its children.</summary>
    /// <param name="observer">Hears of events in order. Subscribing again renews a subscription.</param>
    /// <param name="ticket">On whose behalf: events go only to one who may read the znode.</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    Task<long> SubscribeAsync(IZnodeObserver observer, SessionTicket? ticket = null);

    /// <summary>Sends an observer no more events.</summary>
    Task UnsubscribeAsync(IZnodeObserver observer);
}
