using Coordination.Engine;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Checking;

/// <summary>What each setWatches of a run has to tell at once: what its watches have missed, by ZooKeeper's rules.</summary>
internal sealed class CatchUps
{
    private readonly Dictionary<Operation, IReadOnlyList<Happening>> _missed = [];

    public CatchUps(RunHistory history)
    {
        var replay = new LogReplay(history.Log);
        var renewals = history.Operations
            .Where(operation => operation is { Request: SetWatchesRequest, Answer.IsTrouble: false });
        foreach (var renewal in renewals.OrderBy(operation => operation.Answer!.Zxid))
        {
            replay.AdvanceTo(renewal.Answer!.Zxid);
            _missed.Add(renewal, [.. MissedBy((SetWatchesRequest)renewal.Request, replay.State)]);
        }
    }

    /// <summary>What a setWatches that was answered had to tell.</summary>
    public IReadOnlyList<Happening> this[Operation renewal] => _missed[renewal];

    private static IEnumerable<Happening> MissedBy(SetWatchesRequest renewal, CoordinationState state)
    {
        foreach (string path in renewal.Watches.Data)
        {
            if (state.Find(path) is not { } znode)
                yield return new Happening(WatchEventType.NodeDeleted, path);
            else if (znode.Stat.Mzxid > renewal.RelativeZxid)
                yield return new Happening(WatchEventType.NodeDataChanged, path);
        }
        foreach (string path in renewal.Watches.Exists)
        {
            if (state.Find(path) is not null)
                yield return new Happening(WatchEventType.NodeCreated, path);
        }
        foreach (string path in renewal.Watches.Children)
        {
            if (state.Find(path) is not { } znode)
                yield return new Happening(WatchEventType.NodeDeleted, path);
            else if (znode.Stat.Pzxid > renewal.RelativeZxid)
                yield return new Happening(WatchEventType.NodeChildrenChanged, path);
        }
    }
}
