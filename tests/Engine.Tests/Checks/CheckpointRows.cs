using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;

namespace Coordination.Engine.Tests.Checks;

/// <summary>A checkpoint as the simplest store would keep it: rows by key.</summary>
internal sealed class CheckpointRows
{
    private readonly SortedDictionary<byte[], ZnodeRow> _znodes;
    private readonly SortedDictionary<long, SessionRecord> _sessions;
    private readonly SortedDictionary<string, long> _counters;
    private readonly SortedDictionary<Guid, long> _siloBatches;

    private CheckpointRows(CheckpointRows? from)
    {
        _znodes = new SortedDictionary<byte[], ZnodeRow>(
            from?._znodes ?? [], Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        _sessions = new SortedDictionary<long, SessionRecord>(from?._sessions ?? []);
        _counters = new SortedDictionary<string, long>(from?._counters ?? [], StringComparer.Ordinal);
        _siloBatches = new SortedDictionary<Guid, long>(from?._siloBatches ?? []);
        State = from?.State ?? Engine.Checkpoint.Genesis.State;
    }

    public CheckpointState State { get; private set; }

    public IReadOnlyDictionary<Guid, long> SiloBatches => _siloBatches;

    public static CheckpointRows Genesis(int formatLevel = LogFormat.CurrentLevel)
    {
        var rows = new CheckpointRows(null);
        rows.State = rows.State with { FormatLevel = formatLevel };
        foreach (var put in Engine.Checkpoint.Genesis.Znodes(formatLevel))
            rows.Put(ZnodeRow.Of(put));
        return rows;
    }

    public CheckpointRows Copy() => new(this);

    public void Put(ZnodeRow row) => _znodes[row.Path] = row;

    /// <summary>Carries a delta out, as it is said to be: from its base, or again.</summary>
    public void CarryOut(CheckpointDelta delta)
    {
        Assert.True(State == delta.Base || State == delta.Target);
        foreach (var change in delta.Znodes)
        {
            byte[] path = change.Path.ToArray();
            if (change.Kind == ZnodeChangeKind.Add && State != delta.Target)
                Assert.DoesNotContain(path, (IDictionary<byte[], ZnodeRow>)_znodes);
            if (change.Kind == ZnodeChangeKind.Delete)
                _znodes.Remove(path);
            else
                _znodes[path] = change.Kind == ZnodeChangeKind.Patch ? _znodes[path].With(change) : ZnodeRow.Of(change);
        }
        foreach (var (id, session) in delta.Sessions)
            CarryOut(id, session);
        foreach (var (id, answers) in delta.Answers)
            _sessions[id] = _sessions[id] with { Answers = answers };
        foreach (var (name, next) in delta.Counters)
            _counters[name] = next;
        foreach (var (silo, number) in delta.SiloBatches)
        {
            if (number is { } last)
                _siloBatches[silo] = last;
            else
                _siloBatches.Remove(silo);
        }
        State = delta.Target;
    }

    public CoordinationState Load()
    {
        var state = new CoordinationState();
        var loader = new StateLoader(state);
        LoadInto(loader);
        loader.Complete(State);
        return state;
    }

    /// <summary>Hands all rows over, in the order that a receiver may count on.</summary>
    public void LoadInto(ICheckpointReceiver receiver)
    {
        foreach (var (name, next) in _counters)
            receiver.Counter(name, next);
        foreach (var (silo, number) in _siloBatches)
            receiver.SiloBatch(silo, number);
        foreach (var session in _sessions.Values)
            receiver.Session(session);
        foreach (var row in _znodes.Values)
            row.LoadInto(receiver);
    }

    private void CarryOut(long id, SessionRecord? session)
    {
        if (session is null)
            _sessions.Remove(id);
        else if (session.Password.IsEmpty)
            _sessions[id] = session with { Password = _sessions[id].Password, Answers = _sessions[id].Answers };
        else
            _sessions[id] = session with { Password = session.Password.ToArray() };
    }
}
