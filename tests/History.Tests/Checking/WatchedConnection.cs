using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Checking;

/// <summary>Goes through all that a connection brought, and knows at each frame which events are due.</summary>
internal sealed class WatchedConnection(ConnectionHistory connection, HappeningIndex happenings, CatchUps catchUps)
{
    private readonly List<(long Zxid, Happening Happening)> _due = [];
    private readonly List<Happening> _caughtUp = [];
    private WatchSet _watches = new();
    private long _shown;

    public IEnumerable<string> Breaches()
    {
        foreach (var (answered, watchEvent) in connection.Frames())
        {
            if (watchEvent is not null)
            {
                if (Take(watchEvent) is { } unexpected)
                    yield return $"{unexpected}: {watchEvent}, session 0x{connection.Session.Id:x} connection {connection.Number}";
                continue;
            }
            // What a closing session would still be told of, it may not live to hear.
            if (answered!.Answer!.IsTrouble || answered.Request is CloseRequest)
                continue;
            Show(answered.Answer.Zxid);
            foreach (var (zxid, happening) in _due)
                yield return $"it was not told of {happening} at 0x{zxid:x} before {answered}";
            _due.Clear();
            if (answered.Request is SetWatchesRequest && Difference(catchUps[answered]) is { } difference)
                yield return $"{difference}: {answered}";
            Set(answered);
        }
    }

    private string? Take(ReceivedEvent watchEvent)
    {
        var happening = new Happening(watchEvent.Type, watchEvent.Path);
        if (watchEvent.Zxid < 0)
        {
            _caughtUp.Add(happening);
            return null;
        }
        Show(watchEvent.Zxid);
        if (_due.Count > 0 && _due[0].Zxid < watchEvent.Zxid)
        {
            var (zxid, missing) = _due[0];
            _due.RemoveAll(due => due.Zxid < watchEvent.Zxid);
            return $"it was not told of {missing} at 0x{zxid:x} before";
        }
        // What one entry does is told in any order.
        return _due.Remove((watchEvent.Zxid, happening)) ? null : "it was not due";
    }

    private void Show(long zxid)
    {
        if (zxid <= _shown)
            return;
        if (!_watches.IsEmpty)
        {
            foreach (var (at, happening) in happenings.Between(_shown, zxid))
            {
                if (!IsWatched(happening))
                    continue;
                _due.Add((at, happening));
                _watches.Spend(happening.Type, happening.Path);
            }
        }
        _shown = zxid;
    }

    private bool IsWatched(Happening happening)
    {
        string path = happening.Path;
        if (_watches.Persistent.Contains(path))
            return true;
        if (happening.Type == WatchEventType.NodeChildrenChanged)
            return _watches.Children.Contains(path);
        return _watches.Data.Contains(path) || _watches.Exists.Contains(path)
            || (happening.Type == WatchEventType.NodeDeleted && _watches.Children.Contains(path))
            || _watches.Recursive.Any(root => Paths.IsAtOrBelow(path, root));
    }

    private string? Difference(IReadOnlyList<Happening> missed)
    {
        foreach (var happening in missed)
        {
            if (!_caughtUp.Remove(happening))
                return $"it did not tell of {happening}";
        }
        return _caughtUp.Count > 0 ? $"it told of {_caughtUp[0]}, which was not missed" : null;
    }

    private void Set(Operation answered)
    {
        switch (answered.Request)
        {
            case ReadRequest { Watch: true } read:
                _watches.Set(read.Kind, read.Path, answered.Answer!.Error);
                break;
            case AddWatchRequest added when answered.Answer!.Error == ErrorCode.Ok:
                _watches.Set(added.Mode, added.Path);
                break;
            case SetWatchesRequest renewal:
                _watches = renewal.Watches.Copy();
                foreach (var happening in catchUps[answered])
                    _watches.Spend(happening.Type, happening.Path);
                break;
        }
    }
}
