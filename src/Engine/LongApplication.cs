using Coordination.Engine.Log;
using Coordination.Engine.Quotas;

namespace Coordination.Engine;

/// <summary>Applies one entry in pieces, between which readers may look at what it does not touch: one of many changes, one
/// that many watchers hear of, or one that sets a quota on what must be counted first.</summary>
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
    private readonly EntryHeader _header;
    private readonly LogEntry _entry;
    private readonly List<ChangeResult>? _results;
    private readonly long _closedSession;
    private ChangeList.Reader _changes;
    private bool _isChanged;

    internal LongApplication(CoordinationState state, in LogEntry entry, List<ChangeResult> results)
    {
        _state = state;
        _header = entry.Header;
        _entry = entry;
        _results = results;
        _results.Clear();
        _changes = entry.Change.Items.Read();
        if (entry.Change.Kind == EntryKind.CloseSession)
        {
            _closedSession = entry.Change.SessionId;
            _state.DisownAll(_closedSession);
        }
        _state.Watches.Hold();
    }

    /// <summary>Of an entry that has done all its changes, and is still to be told of, or counted for.</summary>
    internal LongApplication(CoordinationState state, in EntryHeader header)
    {
        _state = state;
        _header = header;
        _isChanged = true;
    }

    /// <summary>Whether an entry has so many changes that readers should not wait for all of them.</summary>
    public static bool IsLong(in LogEntry entry) =>
        entry.Change.Kind is EntryKind.Multi or EntryKind.CloseSession && entry.Change.Items.Count > MostAtOnce;

    /// <summary>The entry's zxid.</summary>
    internal long Zxid => _header.Zxid;

    /// <summary>Counts what a quota that was set limits, where that is what comes next.</summary>
    /// <remarks>Without the replica's lock, so that readers do not wait for it; but nobody else may change the state
    /// meanwhile. Where it is not called, <see cref="GoOn"/> counts.</remarks>
    public void Count()
    {
        if (_isChanged)
            _state.Quotas.CountNew();
    }

    /// <summary>Is told what there will be under a quota that the entry sets, which is not counted then.</summary>
    internal void Expect(in QuotaUsage usage) => _state.Quotas.Expect(usage);

    /// <summary>Applies the next changes, or tells the next events; the caller holds the replica's lock.</summary>
    /// <param name="most">How many.</param>
    /// <returns>Whether nothing but <see cref="End"/> is left.</returns>
    public bool GoOn(int most)
    {
        if (!_isChanged)
        {
            Change(ref most);
            // What is to be counted now is to be counted without the lock.
            if (!_isChanged || _state.Quotas.HasNew)
                return false;
        }
        if (_state.Quotas.HasNew)
            _state.Quotas.ShowNew();
        return _state.Watches.TellHeld(most);
    }

    /// <summary>Shows what was done; the caller holds the replica's lock.</summary>
    public void End()
    {
        if (_closedSession != 0)
            _state.EndSession(_closedSession);
        if (_entry.Once.IsGiven)
            _state.KeepAnswer(_entry, _results!);
        _state.Quotas.ForgetExpected();
        _state.End(_header);
    }

    private void Change(ref int most)
    {
        for (; most > 0 && !_isChanged; most--)
        {
            if (_changes.TryRead(out var change))
                _state.Apply(_header, change, _results!);
            else
                _isChanged = true;
        }
        // As when it is applied at once: the deletions of a session that closes are no results.
        if (_closedSession != 0)
            _results!.Clear();
    }
}
