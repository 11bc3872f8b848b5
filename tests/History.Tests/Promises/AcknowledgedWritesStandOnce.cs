using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Promises;

/// <summary>A write that was acknowledged stands in the log, once, at the zxid that the client was told, and did what the
/// client was told. One whose answer was lost stands there once or not at all.</summary>
internal sealed class AcknowledgedWritesStandOnce : IPromise
{
    public IEnumerable<string> Breaches(RunHistory history)
    {
        foreach (var operation in history.Operations.Where(operation => operation.IsWrite && !operation.IsRefused))
        {
            var entries = history.Log.Of(operation.Session.Id, operation.Xid);
            if (entries.Count > 1)
                yield return $"{entries.Count} entries of {operation}";
            else if (operation.IsAcknowledged && entries.Count == 0)
                yield return $"lost: {operation}";
            else if (operation.IsAcknowledged && entries[0].Header.Zxid != operation.Answer!.Zxid)
                yield return $"it stands at 0x{entries[0].Header.Zxid:x}: {operation}";
        }
        foreach (string difference in DifferencesFromAnswers(history))
            yield return difference;
    }

    private static IEnumerable<string> DifferencesFromAnswers(RunHistory history)
    {
        var byZxid = history.Operations.Where(operation => operation.IsAcknowledged)
            .ToLookup(operation => operation.Answer!.Zxid);
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
