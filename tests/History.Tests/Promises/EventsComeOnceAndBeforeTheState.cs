using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>Whoever watches is told of every change that he watches for, once, in the order of the log, and before any
/// answer that shows a state with the change in it. One who comes back with setWatches is told what he has missed, once
/// for each watch, and waits on with those that missed nothing.</summary>
internal sealed class EventsComeOnceAndBeforeTheState : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var happenings = new HappeningIndex(history.Log);
        var catchUps = new CatchUps(history);
        return history.Sessions.SelectMany(session => session.Connections)
            .SelectMany(connection => new WatchedConnection(connection, happenings, catchUps).Breaches());
    }
}
