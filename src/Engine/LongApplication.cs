using Coordination.Engine.Log;

namespace Coordination.Engine;

/// <summary>Applies one entry of many changes in pieces, between which readers may look at what it does not touch.</summary>
/// <remarks>
/// <para>Until <see cref="End"/> the entry is not in the state: <see cref="CoordinationState.LastZxid"/> is that before it,
/// and what it has touched so far is not to be shown (<see cref="CoordinationState.IsSettled"/>).</para>
/// <para>Its events are told when all is changed, and before anybody is shown any of it: who has heard of one change looks
/// at no znode that another is still to reach.</para>
/// </remarks>
public sealed class LongApplication
{
    private const int MostAtOnce = 256;

    private readonly CoordinationState _state;
    private readonly LogEntry _entry;
    private readonly List<ChangeResult> _results;
    private readonly IEnumerator<Change> _changes;
    private bool _isChanged;

    internal LongApplication(CoordinationState state, in LogEntry entry, List<ChangeResult> results)
    {
        _state = state;
        _entry = entry;
        _results = results;
        _results.Clear();
        _changes = entry.Change.Items.GetEnumerator();
        _state.Watches.Hold();
    }

    /// <summary>Whether an entry has so many changes that readers should not wait for all of them.</summary>
    public static bool IsLong(in LogEntry entry) =>
        entry.Change.Kind is EntryKind.Multi or EntryKind.CloseSession && entry.Change.Items.Count > MostAtOnce;

    /// <summary>Applies the next changes, or tells the next events; the caller holds the replica's lock.</summary>
    /// <param name="most">How many.</param>
    /// <returns>Whether nothing but <see cref="End"/> is left.</returns>
    public bool GoOn(int most)
    {
        for (; most > 0 && !_isChanged; most--)
        {
            if (_changes.MoveNext())
                _state.Apply(_entry.Header, _changes.Current, _results);
            else
                _isChanged = true;
        }
        // As when it is applied at once: the deletions of a session that closes are no results.
        if (_entry.Change.Kind == EntryKind.CloseSession)
            _results.Clear();
        return _isChanged && _state.Watches.TellHeld(most);
    }

    /// <summary>Shows what was done; the caller holds the replica's lock.</summary>
    public void End()
    {
        _changes.Dispose();
        if (_entry.Change.Kind == EntryKind.CloseSession)
            _state.EndSession(_entry.Change.SessionId);
        _state.End(_entry.Header);
    }
}
