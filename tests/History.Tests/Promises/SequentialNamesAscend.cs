using System.Globalization;
using System.Text;
using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests.Promises;

/// <summary>The suffixes of sequential znodes are unique under their parent and ascend in the order of the log, and in the
/// order of time for all who create them one after the other.</summary>
internal sealed class SequentialNamesAscend : IPromise
{
    private const int SuffixLength = 10;

    public IEnumerable<string> Breaches(RunHistory history) => InTheLog(history).Concat(InTime(history));

    private static IEnumerable<string> InTheLog(RunHistory history)
    {
        var asked = history.Operations.Where(operation => operation.Request is CreateRequest { IsSequential: true })
            .ToLookup(operation => (operation.Session.Id, operation.Xid));
        // A parent that is deleted and made anew counts anew.
        var last = new Dictionary<(string Parent, long Czxid), int>();
        var replay = new LogReplay(history.Log);
        for (; replay.TryPeek(out var entry); replay.TryApply(out _))
        {
            if (entry.Change.Kind != EntryKind.Create || !asked[(entry.Header.SessionId, entry.Header.Cxid)].Any())
                continue;
            string path = Encoding.UTF8.GetString(entry.Change.Path.Span);
            string parent = Paths.ParentOf(path);
            var key = (parent, replay.State.Find(parent)!.Stat.Czxid);
            int suffix = SuffixOf(path);
            if (last.TryGetValue(key, out int before) && before >= suffix)
                yield return $"{path} at 0x{entry.Header.Zxid:x} follows {before}";
            last[key] = suffix;
        }
    }

    private static IEnumerable<string> InTime(RunHistory history)
    {
        var sendings = new Sendings(history);
        var created = history.Operations
            .Where(operation => operation is { IsAcknowledged: true, Request: CreateRequest { IsSequential: true } });
        foreach (var siblings in created.GroupBy(operation => Paths.ParentOf(operation.Answer!.Path!)))
        {
            if (IsMadeAnew(history, siblings.Key))
                continue;
            var answered = new Queue<Operation>(siblings.OrderBy(operation => operation.AnsweredAt));
            int highest = -1;
            // A name that was given out before its client heard of it is as old as its first request.
            foreach (var (operation, askedAt) in siblings
                .Select(operation => (operation, At: sendings.Of(operation).Min(sending => sending.AskedAt)))
                .OrderBy(asked => asked.At))
            {
                while (answered.Peek().AnsweredAt < askedAt)
                    highest = Math.Max(highest, SuffixOf(answered.Dequeue().Answer!.Path!));
                if (SuffixOf(operation.Answer!.Path!) <= highest)
                    yield return $"{highest} had been given out: {operation}";
            }
        }
    }

    private static bool IsMadeAnew(RunHistory history, string path) =>
        history.Log.Entries.Count(entry => Happening.Of(entry).Contains(
            new Happening(Coordination.Testing.RawProtocol.WatchEventType.NodeCreated, path))) > 1;

    private static int SuffixOf(string path) => int.Parse(path.AsSpan(path.Length - SuffixLength), CultureInfo.InvariantCulture);
}
