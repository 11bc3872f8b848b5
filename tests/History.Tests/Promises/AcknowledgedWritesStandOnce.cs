using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>A write that was acknowledged stands in the log, once, at the zxid that the client was told, and did what the
/// client was told. One whose answer was lost stands there once or not at all. One that has a number may have been done when
/// it was sent before: then its zxid is not the one that was told, but it did what the client was told.</summary>
internal sealed class AcknowledgedWritesStandOnce : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        var sendings = new Sendings(history);
        foreach (var operation in history.Operations.Where(operation => operation.IsWrite && !operation.IsRefused))
        {
            var entries = sendings.EntriesOf(operation);
            if (entries.Count > 1)
                yield return $"{entries.Count} entries of {operation}";
            else if (operation.IsAcknowledged && entries.Count == 0)
                yield return $"lost: {operation}";
            else if (operation.IsAcknowledged && !IsToldOf(entries[0].Header, operation))
                yield return $"it stands at 0x{entries[0].Header.Zxid:x}: {operation}";
        }
        foreach (string difference in DifferencesFromAnswers(history, sendings))
            yield return difference;
    }

    private static bool IsToldOf(EntryHeader header, Operation operation) => header.Cxid == operation.Xid
        ? header.Zxid == operation.Answer!.Zxid
        : header.Zxid <= operation.Answer!.Zxid;

    private static IEnumerable<string> DifferencesFromAnswers(RunHistory history, Sendings sendings)
    {
        var byZxid = history.Operations.Where(operation => operation.IsAcknowledged)
            .SelectMany(operation => sendings.EntriesOf(operation).Select(entry => (entry.Header.Zxid, operation)))
            .ToLookup(written => written.Zxid, written => written.operation);
        var replay = new LogReplay(history.Log);
        while (replay.TryApply(out var entry))
        {
            foreach (var operation in byZxid[entry.Header.Zxid])
            {
                if (LoggedWrite.DifferenceFromAnswer(operation, replay.Results) is { } difference)
                    yield return $"{difference}: {operation}";
            }
        }
    }
}
