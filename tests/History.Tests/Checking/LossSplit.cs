using Coordination.Engine.Log;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Checking;

/// <summary>Makes two histories of one with a loss, each of which has one log that explains it all.</summary>
internal static class LossSplit
{
    private delegate bool Keeps(long arrival, double at);

    /// <summary>What was told before another database came: the lost one has to have it all.</summary>
    public static RunHistory Before(RunHistory run, Loss loss)
    {
        var sessions = new List<SessionHistory>();
        foreach (var session in run.Sessions.Where(session => session.Connections[0].OpenedAt < loss.BackAt))
        {
            var before = new SessionHistory(session.Id, session.Timeout);
            if (session.ToldExpiredAt < loss.BackAt)
                before.ToldExpiredAt = session.ToldExpiredAt;
            foreach (var connection in session.Connections.Where(connection => connection.OpenedAt < loss.BackAt))
                Copy(connection, before, (_, at) => at < loss.BackAt, operation => operation.AskedAt < loss.BackAt);
            sessions.Add(before);
        }
        return new RunHistory(run, sessions, loss.Log);
    }

    /// <summary>What still holds: as if nobody had been told of what was lost. Its writes then may or may not have been done,
    /// for all that their clients know.</summary>
    public static RunHistory After(RunHistory run, Loss loss)
    {
        var opened = loss.SessionsOf(EntryKind.OpenSession);
        var closed = loss.SessionsOf(EntryKind.CloseSession);
        var sessions = new List<SessionHistory>();
        foreach (var session in run.Sessions.Where(session => !opened.Contains(session.Id)))
        {
            // One that was closed is open again, and its client may know nothing of that.
            var after = new SessionHistory(session.Id, session.Timeout)
            {
                ToldExpiredAt = session.ToldExpiredAt < loss.BackAt ? null : session.ToldExpiredAt,
                IsAbandoned = session.IsAbandoned || closed.Contains(session.Id),
            };
            foreach (var connection in session.Connections)
            {
                long firstLost = FirstLost(connection, loss) ?? long.MaxValue;
                Copy(connection, after, (arrival, _) => arrival < firstLost, _ => true);
            }
            sessions.Add(after);
        }
        return new RunHistory(run, sessions, run.Log);
    }

    /// <summary>The first frame of a connection that showed what was lost: all behind it is from the lost state, too.</summary>
    public static long? FirstLost(ConnectionHistory connection, Loss loss)
    {
        foreach (var (answered, watchEvent) in connection.Frames())
        {
            if (answered is { Answer.IsTrouble: false } && answered.AnsweredAt < loss.BackAt && loss.IsLost(answered.Answer.Zxid))
                return answered.Answer.Arrival;
            if (watchEvent is not null && watchEvent.At < loss.BackAt && loss.IsLost(watchEvent.Zxid))
                return watchEvent.Arrival;
        }
        return null;
    }

    private static void Copy(ConnectionHistory connection, SessionHistory to, Keeps keeps, Func<Operation, bool> isIn)
    {
        var copy = new ConnectionHistory(to, to.Connections.Count, connection.Server);
        foreach (var operation in connection.Operations.Where(isIn))
        {
            var copied = new Operation(copy, operation.Xid, operation.Request, operation.AskedAt) { Number = operation.Number };
            if (operation.Answer is { } answer && keeps(answer.Arrival, operation.AnsweredAt))
                copied.Complete(answer, operation.AnsweredAt);
            copy.Operations.Add(copied);
        }
        copy.Events.AddRange(connection.Events.Where(told => keeps(told.Arrival, told.At)));
        foreach (var ping in connection.Pings)
            copy.Pings.Enqueue(ping);
        to.Connections.Add(copy);
    }
}
