using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>An event that is to be told once the whole entry has done what it does: to one watcher, or to a crowd.</summary>
/// <param name="Whom">A <see cref="Watcher"/>, or a <see cref="WatcherCrowd"/>.</param>
/// <param name="Type">What happened.</param>
/// <param name="Path">Where, in UTF-8.</param>
/// <param name="Zxid">The entry.</param>
/// <param name="Acl">The ACL of the znode that it tells of; null for one that lets everybody.</param>
/// <param name="Number">That of its <see cref="Telling"/>.</param>
internal readonly record struct HeldTelling(
    object Whom, WatchEventType Type, byte[] Path, long Zxid, Acl[]? Acl, long Number)
{
    /// <summary>Tells the next of those who are to be told.</summary>
    /// <param name="most">How many at the most; reduced by those who were told.</param>
    /// <returns>Whether all are told.</returns>
    public bool GoOn(ref int most)
    {
        var telling = new Telling(new WatchEvent(Type, Path, Zxid), Acl, Number, null);
        if (Whom is not WatcherCrowd crowd)
        {
            telling.To((Watcher)Whom);
            most--;
            return true;
        }
        while (most > 0)
        {
            if (!crowd.MoveNext(out var watcher))
                return true;
            telling.To(watcher);
            most--;
        }
        return false;
    }
}
