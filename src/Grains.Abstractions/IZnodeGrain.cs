using Coordination.Grains.Messages;
using Coordination.Protocol;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>One znode; its key is the absolute path. ZooKeeper's operations for Orleans clients.</summary>
/// <remarks>
/// <para>Reads are answered from the replica of the silo that the grain is on, once that has come as far as the ticket says that
/// the client has seen: grains of different paths are on different silos. <see cref="GrainSession"/> keeps account of that; who
/// calls the grains by himself raises <see cref="SessionTicket.Seen"/> with the zxid of every answer, and of every event.</para>
/// <para>Every operation fails with a <see cref="ZnodeException"/> whose code is ZooKeeper's; CONNECTIONLOSS where the silo may not
/// serve, or does not come as far in ten seconds. A null ticket stands for nobody: no session, no identity, nothing seen.</para>
/// </remarks>
public interface IZnodeGrain : IGrainWithStringKey
{
    /// <summary>Creates the znode; needs CREATE at its parent.</summary>
    /// <param name="creation">Data, ACL and mode.</param>
    /// <param name="ticket">On whose behalf; an ephemeral znode belongs to its session.</param>
    /// <returns>The path, with the suffix if it is sequential, and the Stat.</returns>
    [AlwaysInterleave]
    Task<CreatedZnode> CreateAsync(ZnodeCreation creation, SessionTicket? ticket = null);

    /// <summary>Reads data and Stat; needs READ.</summary>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task<ZnodeData> GetAsync(SessionTicket? ticket = null);

    /// <summary>Reads the Stat, null where there is no znode, and tells as of which zxid. Needs READ, as from ZooKeeper 3.9.2
    /// on.</summary>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task<ZnodeStat> FindAsync(SessionTicket? ticket = null);

    /// <summary>As <see cref="FindAsync"/>, but does not tell as of which zxid: for who keeps no account of it, and for clients of
    /// versions before that was told.</summary>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat?> ExistsAsync(SessionTicket? ticket = null);

    /// <summary>Sets the data; needs WRITE.</summary>
    /// <param name="data">The data, which may be null.</param>
    /// <param name="expectedVersion">The version that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    /// <returns>The Stat, whose mzxid is the zxid of the set.</returns>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat> SetAsync(byte[]? data, int expectedVersion = -1, SessionTicket? ticket = null);

    /// <summary>Deletes the znode, which must have no children; needs DELETE at its parent.</summary>
    /// <param name="expectedVersion">The version that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    /// <returns>The zxid of the deletion; 0 from a silo of a version before it was told.</returns>
    [AlwaysInterleave]
    Task<long> DeleteAsync(int expectedVersion = -1, SessionTicket? ticket = null);

    /// <summary>Reads the names of the children, in byte order, and the Stat; needs READ.</summary>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task<ZnodeChildren> GetChildrenAsync(SessionTicket? ticket = null);

    /// <summary>Reads the ACL, its digests masked for one who may not set it; needs READ or ADMIN.</summary>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task<ZnodeAcl> GetAclAsync(SessionTicket? ticket = null);

    /// <summary>Sets the ACL, and tells the zxid, which is not in the Stat; needs ADMIN.</summary>
    /// <param name="acl">The ACL.</param>
    /// <param name="expectedAversion">The aversion that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    Task<ZnodeStat> ReplaceAclAsync([Immutable] Acl[] acl, int expectedAversion = -1, SessionTicket? ticket = null);

    /// <summary>As <see cref="ReplaceAclAsync"/>, but does not tell the zxid: for who keeps no account of it, and for clients of
    /// versions before that was told.</summary>
    /// <param name="acl">The ACL.</param>
    /// <param name="expectedAversion">The aversion that the znode must have; -1 for any.</param>
    /// <param name="ticket">On whose behalf.</param>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Stat> SetAclAsync([Immutable] Acl[] acl, int expectedAversion = -1, SessionTicket? ticket = null);

    /// <summary>Sends every event of the znode to an observer: its coming and going, its data, its children. ZooKeeper's
    /// addWatch with the mode PERSISTENT.</summary>
    /// <param name="observer">Hears of events in order. A subscription lasts for five minutes; subscribing again renews
    /// it.</param>
    /// <param name="ticket">On whose behalf: it hears of an event only if it may READ the znode, by the ACL that the znode
    /// had then (CVE-2024-23944).</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    Task<long> SubscribeAsync(IZnodeObserver observer, SessionTicket? ticket = null);

    /// <summary>Sends every event of the znode, and of all below it, to an observer: their coming, their going, and their
    /// data. ZooKeeper's addWatch with the mode PERSISTENT_RECURSIVE, so there are no events of children.</summary>
    /// <param name="observer">As in <see cref="SubscribeAsync"/>. One may subscribe in both ways, and is told in both.</param>
    /// <param name="ticket">On whose behalf: it hears only of those znodes that it may READ, each by its own ACL.</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    Task<long> SubscribeRecursivelyAsync(IZnodeObserver observer, SessionTicket? ticket = null);

    /// <summary>Sends an observer no more events, in whichever way it has subscribed.</summary>
    Task UnsubscribeAsync(IZnodeObserver observer);
}
