using System.Text;
using Coordination.Engine.Watches;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Protocol;

namespace Coordination.Grains;

/// <summary>Watches one znode, and all below it where the kind is recursive, for as long as it is wanted, and hands on its
/// events in order, each with the ACL that the znode had then.</summary>
internal sealed class ZnodeWatcher(
    Replica replica, WatchKind kind, byte[] path, Action<IReadOnlyList<(ZnodeEvent Event, Acl[] Acl)>> handOn)
    : Watcher, IAfterApply
{
    private List<(ZnodeEvent Event, Acl[] Acl)> _events = [];
    private Acl[] _acl = [];
    private bool _isWanted;

    /// <summary>Begins to watch; the caller holds the replica's lock.</summary>
    public void Start()
    {
        _isWanted = true;
        replica.State.Watches.Add(kind, path, this);
    }

    public void Stop()
    {
        _isWanted = false;
        replica.State.Watches.RemoveAll(this);
    }

    // Each subscriber is judged for itself, so the ACL goes along with the event that comes next.
    public override bool MayRead(ReadOnlySpan<Acl> acl)
    {
        _acl = acl.ToArray();
        return true;
    }

    public override void Notify(in WatchEvent watchEvent)
    {
        if (!_isWanted)
            return;
        if (_events.Count == 0)
            replica.CallAfterApply(this);
        _events.Add((
            new ZnodeEvent(watchEvent.Type, Encoding.UTF8.GetString(watchEvent.Path), watchEvent.Zxid), _acl));
        _acl = [];
    }

    public void AfterApply()
    {
        var events = _events;
        _events = [];
        handOn(events);
    }
}
