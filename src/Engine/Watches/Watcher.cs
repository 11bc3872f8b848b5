using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>Somebody who sets watches: one connection, or one session of an Orleans client.</summary>
public abstract class Watcher
{
    /// <summary>The watches it has set, so that they can all go with it; guarded by the table that they are in.</summary>
    internal WatchedPathSet Watched { get; set; } = new();

    /// <summary>The number of the last event that reached it, told or not; guarded by that table too.</summary>
    internal long LastTelling { get; set; }

    /// <summary>Whether the watcher may read a znode with this ACL, and so hear of it. Called as <see cref="Notify"/> is.</summary>
    public virtual bool MayRead(ReadOnlySpan<Acl> acl) => true;

    /// <summary>Tells of an event. Called in the order of entries, while the state is locked: it must only take note.</summary>
    public abstract void Notify(in WatchEvent watchEvent);
}
