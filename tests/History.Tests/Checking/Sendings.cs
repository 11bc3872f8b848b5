using Coordination.Engine.Log;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Checking;

/// <summary>Which requests are one write: what a client has sent under one number, however often, by whichever
/// connections.</summary>
internal sealed class Sendings(RunHistory history)
{
    private readonly ILookup<(long Session, long Number), Operation> _numbered = history.Operations
        .Where(operation => operation.Number is not null)
        .ToLookup(operation => (operation.Session.Id, operation.Number!.Value.Number));

    /// <summary>The writes that have a number, each with all times that it was sent.</summary>
    public IEnumerable<IGrouping<(long Session, long Number), Operation>> Numbered => _numbered;

    /// <summary>All times that a write was sent.</summary>
    public IEnumerable<Operation> Of(Operation write) =>
        write.Number is { } given ? _numbered[(write.Session.Id, given.Number)] : [write];

    /// <summary>What stands in the log for a write: nothing or one entry, unless something is wrong.</summary>
    public IReadOnlyList<LogEntry> EntriesOf(Operation write) =>
        [.. Of(write).SelectMany(sending => history.Log.Of(sending.Session.Id, sending.Xid))];
}
