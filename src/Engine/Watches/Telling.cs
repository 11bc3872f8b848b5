using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>One event on its way to all who watch for it in any way.</summary>
/// <param name="watchEvent">What is told.</param>
/// <param name="acl">The ACL of the znode that it tells of; null for one that lets everybody.</param>
/// <param name="number">Another for each telling.</param>
/// <param name="held">Where it is kept to be told later; null to be told at once.</param>
internal readonly ref struct Telling(WatchEvent watchEvent, Acl[]? acl, long number, Queue<HeldEvent>? held)
{
    /// <summary>What is told.</summary>
    public WatchEvent Event { get; } = watchEvent;

    /// <summary>Tells a watcher, unless it was told already, or may not read the znode (CVE-2024-23944).</summary>
    public void To(Watcher watcher)
    {
        if (watcher.LastTelling == number)
            return;
        watcher.LastTelling = number;
        if (held is not null)
            held.Enqueue(new HeldEvent(watcher, Event.Type, Event.Path.ToArray(), Event.Zxid, acl));
        else if (acl is null || watcher.MayRead(acl))
            watcher.Notify(Event);
    }
}
