using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>A silo's copy of the state: the fold of the log so far, which reads are answered from.</summary>
/// <remarks>Reads hold <see cref="Lock"/> for reading around everything that must be of one moment: looking, setting a
/// watch, and writing the answer where the watch's event would go.</remarks>
public sealed class Replica
{
    private readonly List<IAfterApply> _afterApply = [];
    private readonly Lock _tailLock = new();
    private LogTail _tail;
    private long _lastZxid;
    private long _appliedBytes;
    private TaskCompletionSource? _settled;

    /// <summary>Takes over a loaded state.</summary>
    /// <param name="identity">The life of this silo.</param>
    /// <param name="state">The state.</param>
    /// <param name="tail">The log row that the state goes up to.</param>
    public Replica(Guid identity, CoordinationState state, LogTail tail)
    {
        Identity = identity;
        State = state;
        _tail = tail;
        _lastZxid = state.LastZxid;
    }

    /// <summary>The life of this silo: another at every start.</summary>
    public Guid Identity { get; }

    /// <summary>Guards <see cref="State"/>.</summary>
    public ReplicaLock Lock { get; } = new();

    /// <summary>The state; to be looked at under <see cref="Lock"/> only.</summary>
    public CoordinationState State { get; }

    /// <summary>The last log row that was applied; may be read without the lock.</summary>
    public LogTail Tail
    {
        get
        {
            lock (_tailLock)
                return _tail;
        }
    }

    /// <summary>The last zxid that was applied; may be read without the lock.</summary>
    public long LastZxid => Volatile.Read(ref _lastZxid);

    /// <summary>How many bytes of log were applied since the start.</summary>
    public long AppliedBytes => Volatile.Read(ref _appliedBytes);

    /// <summary>A row was applied. Raised on the thread that applies, which must not be held up.</summary>
    public event Action<LogRow>? RowApplied;

    /// <summary>Asks for a call once the batch that is being applied is; from inside the application of an entry only.</summary>
    public void CallAfterApply(IAfterApply callee) => _afterApply.Add(callee);

    /// <summary>Waits until no entry is applied in part.</summary>
    /// <remarks>Another may be as soon as this has ended: who needs what is not settled looks again, under the lock.</remarks>
    public Task WhenSettledAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _settled)?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Applies an entry, or begins to where that would take long; the caller holds the lock for writing.</summary>
    /// <returns>What is left to be done, and ended by <see cref="End"/>; null where all is.</returns>
    internal LongApplication? Apply(in LogEntry entry, List<ChangeResult> results)
    {
        var rest = State.Begin(entry, results);
        if (rest is null)
            Volatile.Write(ref _lastZxid, State.LastZxid);
        else
            Volatile.Write(ref _settled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return rest;
    }

    /// <summary>Ends what <see cref="Apply"/> began; the caller holds the lock for writing.</summary>
    internal void End(LongApplication application)
    {
        application.End();
        Volatile.Write(ref _lastZxid, State.LastZxid);
        var settled = _settled!;
        Volatile.Write(ref _settled, null);
        settled.SetResult();
    }

    /// <summary>Ends the application of a row, outside the lock.</summary>
    internal void EndRow(LogRow row)
    {
        lock (_tailLock)
            _tail = row.AsTail();
        Volatile.Write(ref _appliedBytes, _appliedBytes + row.Body.Length);
        RowApplied?.Invoke(row);
        CallBack();
    }

    /// <summary>Passes on what was told without a row being applied.</summary>
    internal void CallBack()
    {
        foreach (var callee in _afterApply)
            callee.AfterApply();
        _afterApply.Clear();
    }
}
