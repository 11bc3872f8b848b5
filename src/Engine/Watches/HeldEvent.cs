using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>An event that a watcher is to be told of once the whole entry has done what it does.</summary>
/// <param name="Watcher">Whom to tell.</param>
/// <param name="Type">What happened.</param>
/// <param name="Path">Where, in UTF-8.</param>
/// <param name="Zxid">The entry.</param>
/// <param name="Acl">The ACL of the znode that it tells of; null for one that lets everybody.</param>
internal readonly record struct HeldEvent(Watcher Watcher, WatchEventType Type, byte[] Path, long Zxid, Acl[]? Acl)
{
    /// <summary>Tells the watcher, unless it may not read the znode.</summary>
    public void Tell()
    {
        if (Acl is null || Watcher.MayRead(Acl))
            Watcher.Notify(new WatchEvent(Type, Path, Zxid));
    }
}
