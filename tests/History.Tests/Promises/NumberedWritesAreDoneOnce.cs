using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Promises;

/// <summary>A write that has a number is done once, however often its client sends it and by whichever connections, and each
/// time that this is acknowledged it is told the same. A session's numbers rise in the log. What was done is never refused
/// behind that; and that a write was refused before is told only where a later one of the session was done.</summary>
internal sealed class NumberedWritesAreDoneOnce : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var sendings = new Sendings(history);
        var done = history.Log.Entries.Where(entry => entry.Once.IsGiven).ToLookup(entry => entry.Header.SessionId);
        foreach (var write in sendings.Numbered)
        {
            var entries = sendings.EntriesOf(write.First());
            if (entries.Count > 1)
                yield return $"{entries.Count} entries of {write.First()}";
            foreach (string difference in DifferencesBetween([.. write.Where(sending => sending.IsAcknowledged)]))
                yield return difference;
            foreach (var refused in write.Where(sending => sending is { IsRefused: true, Answer.IsTrouble: false }))
            {
                if (WhyNotRefused(refused, entries, done[write.Key.Session]) is { } reason)
                    yield return $"{reason}: {refused}";
            }
        }
        foreach (string descent in done.SelectMany(Descents))
            yield return descent;
    }

    private static IEnumerable<string> DifferencesBetween(IReadOnlyList<Operation> acknowledged) => acknowledged.Skip(1)
        .Where(other => !LoggedWrite.ToldBy(other).SequenceEqual(LoggedWrite.ToldBy(acknowledged[0])))
        .Select(other => $"{acknowledged[0]} and {other} are told other things");

    private static string? WhyNotRefused(Operation refused, IEnumerable<LogEntry> entries, IEnumerable<LogEntry> ofSession)
    {
        long zxid = refused.Answer!.Zxid, number = refused.Number!.Value.Number;
        // One that was refused for what was then may be done when it is sent again.
        bool isOver = refused.Answer.Error == ErrorCode.WasRefused;
        if (entries.Any(entry => isOver || entry.Header.Zxid <= zxid))
            return "it was done";
        return isOver && !ofSession.Any(entry => entry.Once.Number > number && entry.Header.Zxid <= zxid)
            ? "none behind it was done"
            : null;
    }

    private static IEnumerable<string> Descents(IEnumerable<LogEntry> ofSession) => ofSession.Zip(ofSession.Skip(1))
        .Where(pair => pair.First.Once.Number >= pair.Second.Once.Number)
        .Select(pair => $"number {pair.Second.Once.Number} of session 0x{pair.Second.Header.SessionId:x} stands at "
            + $"0x{pair.Second.Header.Zxid:x}, behind {pair.First.Once.Number}");
}
