using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests.Promises;

/// <summary>A session is closed because its client asked for it, or because nothing was heard of the client for the whole
/// timeout; a client is told that its session has expired only where it has; and the session of a client that is gone for
/// good is closed in the end.</summary>
internal sealed class SessionsEndForAReason : IPromise
{
    // Times in the log are whole milliseconds of a clock that somebody may be setting right meanwhile.
    private const double Rounding = 50;

    public IEnumerable<string> Breaches(RunHistory history)
    {
        var closed = history.Log.Entries.Where(entry => entry.Change.Kind == EntryKind.CloseSession)
            .ToLookup(entry => entry.Change.SessionId);
        foreach (var session in history.Sessions)
        {
            var closings = closed[session.Id].ToList();
            if (closings.Count == 0)
            {
                if (session.ToldExpiredAt is { } told)
                    yield return $"0x{session.Id:x} is open, and its client was told at {told:0} ms that it has expired";
                if (session.IsAbandoned)
                    yield return $"0x{session.Id:x} is open, and its client is gone for good";
                continue;
            }
            double at = history.OfUnixTime(closings[0].Header.Time);
            if (!WasAskedToClose(session, at) && SilenceBefore(session, at) is var silence
                && silence < session.Timeout.TotalMilliseconds - Rounding)
            {
                yield return $"0x{session.Id:x}, closed at 0x{closings[0].Header.Zxid:x} ({at:0} ms): its client was heard "
                    + $"{silence:0} ms before, and has {session.Timeout.TotalMilliseconds:0} ms";
            }
        }
    }

    private static bool WasAskedToClose(SessionHistory session, double at) =>
        session.Operations.Any(operation => operation.Request is CloseRequest && operation.AskedAt <= at + Rounding);

    private static double SilenceBefore(SessionHistory session, double at) =>
        at - session.Heard.Where(heard => heard.Answered <= at).Select(heard => heard.Sent).DefaultIfEmpty(0).Max();
}
