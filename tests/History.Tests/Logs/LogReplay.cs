using Coordination.Engine;
using Coordination.Engine.Log;

namespace Coordination.History.Tests.Logs;

/// <summary>Brings a state forward along a log.</summary>
/// <remarks>Without the numbers of writes, of which a state takes none twice: whether a log does, is to be told.</remarks>
internal sealed class LogReplay(CommittedLog log)
{
    private readonly List<ChangeResult> _results = [];
    private int _next;

    /// <summary>The state after the entries so far.</summary>
    public CoordinationState State { get; } = CoordinationState.Genesis();

    /// <summary>What the changes of the last entry did.</summary>
    public IReadOnlyList<ChangeResult> Results => _results;

    /// <summary>Looks at the entry that comes next, without applying it.</summary>
    public bool TryPeek(out LogEntry entry)
    {
        bool isThere = _next < log.Entries.Count;
        entry = isThere ? log.Entries[_next] : default;
        return isThere;
    }

    /// <summary>Applies the next entry.</summary>
    public bool TryApply(out LogEntry entry)
    {
        if (!TryPeek(out entry))
            return false;
        State.Apply(entry with { Once = default }, _results);
        _next++;
        return true;
    }

    /// <summary>Applies all entries up to a zxid.</summary>
    /// <returns>Whether an entry has that zxid.</returns>
    public bool AdvanceTo(long zxid)
    {
        while (TryPeek(out var next) && next.Header.Zxid <= zxid)
            TryApply(out _);
        return State.LastZxid == zxid;
    }
}
