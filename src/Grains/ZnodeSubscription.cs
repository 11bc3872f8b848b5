using Coordination.Engine.Security;
using Coordination.Grains.Messages;
using Coordination.Protocol;

namespace Coordination.Grains;

/// <summary>An observer of a znode: on whose behalf it observes, and from when on.</summary>
/// <param name="observer">The observer.</param>
/// <param name="start">The zxid that the subscription starts behind.</param>
internal sealed class ZnodeSubscription(IZnodeObserver observer, long start)
{
    private const int MostWaiting = 64 * 1024;

    private readonly ObserverFeed<ZnodeEvent> _feed = new(observer.ZnodeChangedAsync, MostWaiting);

    /// <summary>The zxid that the subscription starts behind.</summary>
    public long Start => start;

    /// <summary>Whether the observer failed, and hears no more.</summary>
    public bool HasFailed => _feed.HasFailed;

    /// <summary>Whom the observer has authenticated as.</summary>
    public Identity[] Identities { get; set; } = [];

    /// <summary>Tells the observer of an event, unless it is older than the subscription, or not for its eyes.</summary>
    /// <param name="znodeEvent">The event.</param>
    /// <param name="acl">The ACL that the znode had then.</param>
    public void Send(ZnodeEvent znodeEvent, Acl[] acl)
    {
        if (znodeEvent.Zxid > start && AccessRules.Allows(acl, Permissions.Read, Identities))
            _feed.Send(znodeEvent);
    }
}
