using Coordination.Engine.Watches;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Clients;

/// <summary>The watches that a client has set and not seen fire, held against what the log says.</summary>
internal sealed class ClientWatches(Simulator simulator, ReferenceHistory history, string client)
{
    private readonly Dictionary<(bool OfChildren, string Path), Watch> _watches = [];

    public int Count => _watches.Count;

    public void Clear() => _watches.Clear();

    /// <summary>A read that sets a watch was answered.</summary>
    public void Set(bool ofChildren, string path, bool exists, long zxid)
    {
        var key = (ofChildren, path);
        if (!_watches.TryGetValue(key, out var watch))
            _watches.Add(key, watch = new Watch { Zxid = zxid });
        watch.Kind = ofChildren ? RenewedWatch.Children : exists ? RenewedWatch.Data : RenewedWatch.Exists;
    }

    /// <summary>What to ask for after a reconnect.</summary>
    public (RenewedWatch Kind, string Path)[] Renewals() =>
        [.. _watches.Select(watch => (watch.Value.Kind, watch.Key.Path))];

    /// <summary>The watches were set anew: what has not fired has missed nothing.</summary>
    public void Renewed(ClientRequest request, long zxid)
    {
        foreach (var ((ofChildren, path), watch) in _watches)
        {
            // ZooKeeper compares the znode with what it was: one that came and went again is not told of.
            if (watch.Kind == RenewedWatch.Exists && history.At(path, zxid) is not { Exists: true })
                watch.Zxid = zxid;
        }
        ShownAsOf(zxid, $"{request}");
    }

    /// <summary>Something was shown as of a zxid: all events up to there must have come before.</summary>
    public void ShownAsOf(long zxid, string what)
    {
        foreach (var ((ofChildren, path), watch) in _watches)
        {
            simulator.Check(
                history.FirstChange(path, watch.Zxid, ofChildren) is not { } missed || missed.Zxid > zxid,
                () => $"{client} is shown 0x{zxid:x}, and has not been told of {path}, which it watches since 0x{watch.Zxid:x}: {what}");
        }
    }

    /// <summary>A watch has fired.</summary>
    public void Fired(EventMessage told)
    {
        bool isExpected = Fire(told, ofChildren: false) | Fire(told, ofChildren: true);
        simulator.Check(isExpected, () => $"{client} is told of what it does not watch: {told}");
    }

    private bool Fire(EventMessage told, bool ofChildren)
    {
        bool isOfChildren = told.Type == WatchEventType.NodeChildrenChanged;
        if (told.Type != WatchEventType.NodeDeleted && isOfChildren != ofChildren)
            return false;
        if (!_watches.Remove((ofChildren, told.Path), out var watch))
            return false;
        var first = history.FirstChange(told.Path, watch.Zxid, ofChildren);
        simulator.Check(
            told.Zxid == WatchEvent.NoZxid ? first is not null : first == new PathChange(told.Zxid, told.Type),
            () => $"{client} is told {told}, the first since 0x{watch.Zxid:x} was {first}");
        return true;
    }

    private sealed class Watch
    {
        public long Zxid { get; set; }

        public RenewedWatch Kind { get; set; }
    }
}
