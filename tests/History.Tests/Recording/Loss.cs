using Coordination.Engine.Log;
using Coordination.History.Tests.Logs;

namespace Coordination.History.Tests.Recording;

/// <summary>What a run has lost with its database, in whose place came another that lacks the last of it.</summary>
/// <param name="Log">All that the lost one had.</param>
/// <param name="KeptThrough">The last zxid that the other has as well.</param>
/// <param name="BackAt">No later than any silo could reach the other, and after all leases on the lost one had ended, in
/// milliseconds of the run.</param>
internal sealed record Loss(CommittedLog Log, long KeptThrough, double BackAt)
{
    /// <summary>What was lost.</summary>
    public IEnumerable<LogEntry> Entries => Log.Entries.Where(entry => IsLost(entry.Header.Zxid));

    public bool IsLost(long zxid) => zxid > KeptThrough;

    /// <summary>The sessions that what was lost opens, or closes.</summary>
    public HashSet<long> SessionsOf(EntryKind kind) =>
        [.. Entries.Where(entry => entry.Change.Kind == kind).Select(entry => entry.Change.SessionId)];
}
