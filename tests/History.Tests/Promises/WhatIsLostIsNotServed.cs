using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>Once another database is there, nobody is answered from what the lost one had and it has not, and a session that
/// was opened there is none.</summary>
internal sealed class WhatIsLostIsNotServed : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        if (history.Loss is not { } loss)
            yield break;
        var opened = loss.SessionsOf(EntryKind.OpenSession);
        foreach (var connection in history.Sessions.SelectMany(session => session.Connections))
        {
            if (connection.OpenedAt >= loss.BackAt)
            {
                if (opened.Contains(connection.Session.Id))
                    yield return $"session 0x{connection.Session.Id:x} was lost, and {connection.Server} takes it at {connection.OpenedAt:0} ms";
                continue;
            }
            if (LossSplit.FirstLost(connection, loss) is null)
                continue;
            foreach (var operation in connection.Operations)
            {
                if (operation.Answer is { IsTrouble: false } && operation.AnsweredAt >= loss.BackAt)
                    yield return $"another database was there at {loss.BackAt:0} ms: {operation}";
            }
            foreach (var watchEvent in connection.Events.Where(watchEvent => watchEvent.At >= loss.BackAt))
                yield return $"another database was there at {loss.BackAt:0} ms: {watchEvent}";
        }
    }
}
