using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>One event on its way to all who watch for it in any way.</summary>
/// <param name="watchEvent">What is told.</param>
/// <param name="acl">The ACL of the znode that it tells of; null for one that lets everybody.</param>
/// <param name="number">Another for each telling.</param>
/// <param name="held">What is kept to be told later; null where it is told now.</param>
internal readonly ref struct Telling(WatchEvent watchEvent, Acl[]? acl, long number, HeldTellings? held)
{
    /// <summary>What is told.</summary>
    public WatchEvent Event { get; } = watchEvent;

    /// <summary>Tells a watcher, unless it was told already, or may not read the znode (CVE-2024-23944).</summary>
    public void To(Watcher watcher)
    {
        if (held is { AreKept: true })
        {
            Hold(watcher);
            return;
        }
        if (watcher.LastTelling == number)
            return;
        watcher.LastTelling = number;
        if (acl is null || watcher.MayRead(acl))
            watcher.Notify(Event);
    }

    /// <summary>Tells several watchers; where they are many, later.</summary>
    /// <param name="watchers">The watchers.</param>
    /// <param name="spent">The watch that each of them loses; null where it stays, and its watchers are others' to change.</param>
    public void To(HashSet<Watcher> watchers, WatchedPath? spent)
    {
        if (held is not null && watchers.Count > HeldTellings.MostAtOnce)
        {
            Hold(new WatcherCrowd(spent is null ? new HashSet<Watcher>(watchers) : watchers, spent));
            return;
        }
        foreach (var watcher in watchers)
        {
            if (spent is { } watch)
                watcher.Watched.Remove(watch);
            To(watcher);
        }
    }

    private void Hold(object whom) =>
        held!.Add(new HeldTelling(whom, Event.Type, Event.Path.ToArray(), Event.Zxid, acl, number));
}
