using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Quotas;
using Coordination.Engine.Requests;
using Coordination.Engine.Validation;
using Coordination.Grains.Replication;
using Coordination.Storage;

namespace Coordination.Grains.Writing;

/// <summary>Takes requests, validates them in order against the state plus all that is in flight, and turns them into
/// log rows; applies the rows that stand, and completes their requests.</summary>
/// <remarks>
/// <para>While one row commits, the next is validated. It does no I/O and starts no thread: the
/// <see cref="CommitLoop"/> moves it. Nothing leaves it before what it rests on has committed.</para>
/// <para>Whoever changes the state holds the gate, too. So validation, under the gate, looks at the state without the
/// replica's lock, and readers are not held up by it however long it takes.</para>
/// </remarks>
public sealed class WritePipeline : IDisposable
{
    private const int MostRowBytes = 64 << 10;
    private const int MostRowRequests = 4096;
    private const int AppliedAtOnce = 64;
    private const int ChangesAtOnce = 512;
    private const int MostValidatedAtOnce = 512;
    private const int MostFree = 4;

    private readonly object _gate = new();
    private readonly PipelineRoom _room = new();
    private readonly Replica _replica;
    private readonly TimeProvider _time;
    private readonly WriteValidator _validator;
    private readonly Queue<PipelineBatch> _full = new();
    private readonly List<ChangeResult> _results = [];
    private readonly Stack<PipelineBatch> _free = new();
    private PipelineBatch _open = new();
    private long _catchUpTo;
    private bool _stopped;

    /// <summary>Makes the pipeline of a silo.</summary>
    /// <param name="replica">The silo's replica.</param>
    /// <param name="time">What entries get their time from.</param>
    /// <param name="quotas">How quotas are enforced; null for as usual, with nobody to hear of it.</param>
    public WritePipeline(Replica replica, TimeProvider time, QuotaSettings? quotas = null)
    {
        _replica = replica;
        _time = time;
        _validator = new WriteValidator(replica.State, replica.Identity, quotas);
    }

    /// <summary>How many requests may be taken and not completed before connections are not read; ZooKeeper's
    /// <c>globalOutstandingLimit</c>.</summary>
    public int MostRequests
    {
        get => _room.MostRequests;
        init => _room.MostRequests = value;
    }

    /// <summary>How many requests were taken and are not completed.</summary>
    public int RequestsInFlight => _room.Requests;

    /// <summary>How many rows are to be appended after the one that is being appended.</summary>
    public int WaitingBatches
    {
        get
        {
            lock (_gate)
                return _full.Count + (_open.Items.Count > 0 ? 1 : 0);
        }
    }

    /// <summary>Whether there is room for more requests. One who submits without waiting for it is not refused, but
    /// must bound by other means how much it submits.</summary>
    public bool HasRoom => _room.IsOpen;

    /// <inheritdoc cref="WriteValidator.HasRoomToGrow"/>
    public bool HasRoomToGrow
    {
        get => _validator.HasRoomToGrow;
        set => _validator.HasRoomToGrow = value;
    }

    /// <inheritdoc cref="WriteValidator.TakesTimeToLive"/>
    public bool TakesTimeToLive
    {
        get => _validator.TakesTimeToLive;
        init => _validator.TakesTimeToLive = value;
    }

    /// <summary>Whether <see cref="TryTake"/> has something to give without waiting.</summary>
    internal bool HasWork
    {
        get
        {
            lock (_gate)
                return IsSomethingToDo;
        }
    }

    private bool IsSomethingToDo => _full.Count > 0 || _open.Items.Count > 0 || _catchUpTo > _replica.LastZxid;

    /// <inheritdoc cref="WriteValidator.BeginsEpoch"/>
    public bool BeginsEpoch
    {
        get => _validator.BeginsEpoch;
        init => _validator.BeginsEpoch = value;
    }

    /// <summary>Waits until there is room for more requests.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    /// <summary>Takes requests, in order. Each is completed once, whatever becomes of it.</summary>
    public void Submit(ReadOnlySpan<WriteRequest> requests)
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var request in requests)
                    Validate(request, now);
                Monitor.Pulse(_gate);
                return;
            }
        }
        foreach (var request in requests)
            request.Complete(new WriteOutcome { Error = ErrorCode.ConnectionLoss, Zxid = _replica.LastZxid });
    }

    /// <summary>Asks for what other writers have put into the log to be applied, before anything else is.</summary>
    /// <param name="zxid">How far the log is known to reach.</param>
    public void RequestCatchUp(long zxid)
    {
        lock (_gate)
        {
            _catchUpTo = Math.Max(_catchUpTo, zxid);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for something to do, and takes what is to be done next.</summary>
    /// <param name="batch">What is to be committed; null where the log is ahead of the replica, and is to be read.</param>
    /// <returns>False once the pipeline was stopped and everything taken is completed.</returns>
    internal bool TryTake(out PipelineBatch? batch)
    {
        lock (_gate)
        {
            batch = null;
            while (!IsSomethingToDo)
            {
                if (_stopped)
                    return false;
                Monitor.Wait(_gate);
            }
            bool isBehind = _catchUpTo > _replica.LastZxid;
            _catchUpTo = 0;
            if (!isBehind && !_full.TryDequeue(out batch))
                batch = CloseOpen();
            return true;
        }
    }

    /// <summary>Applies a batch that is in the log now, and completes its requests.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">Its row; null where it has only refusals, which nothing in the log shows.</param>
    internal void Apply(PipelineBatch batch, LogRow? row)
    {
        var reader = new BatchReader(batch.Writer.Body);
        int next = 0;
        while (next < batch.Items.Count)
        {
            LongApplication? application;
            lock (_gate)
            {
                using (_replica.Lock.EnterWrite())
                    application = ApplySome(batch.Items, ref next, ref reader);
                _validator.Applied(_replica.LastZxid);
            }
            if (application is not null)
                ApplyAtLength(application, batch.Items[next++]);
        }
        if (row is { } applied)
            _replica.EndRow(applied);
        else
            _replica.CallBack();
        Release(batch);
    }

    /// <summary>Applies a row that another writer put into the log.</summary>
    internal void ApplyForeign(LogRow row)
    {
        var application = new RowApplication(_replica, row, _results);
        bool isApplied = false;
        while (!isApplied)
        {
            _replica.Lock.LetReadersIn();
            lock (_gate)
            {
                application.Count();
                using (_replica.Lock.EnterWrite())
                    isApplied = application.GoOn(ChangesAtOnce);
                if (isApplied)
                    _room.OpenAgain();
                else if (application.IsWithinAnEntry)
                    _room.Close();
            }
        }
        _replica.EndRow(row);
    }

    /// <summary>Validates everything in flight again, in order: other rows stand where ours should have.</summary>
    /// <param name="lost">The batch that was taken to be committed; null where none was.</param>
    internal void Revalidate(PipelineBatch? lost)
    {
        lock (_gate)
        {
            if (_room.Requests == 0)
            {
                _validator.Restart();
                return;
            }
            var again = new List<WriteRequest>(_room.Requests);
            foreach (var batch in AllInFlight(lost))
            {
                foreach (var item in batch.Items)
                    again.Add(item.Request);
                batch.Dispose();
            }
            StartAnew();
            long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var request in again)
                Validate(request, now);
        }
    }

    /// <summary>Completes everything in flight with an error: it is known that none of it is in the log.</summary>
    internal void FailAll(PipelineBatch refused, ErrorCode error)
    {
        var failed = new List<WriteRequest>();
        lock (_gate)
        {
            foreach (var batch in AllInFlight(refused))
            {
                foreach (var item in batch.Items)
                    failed.Add(item.Request);
                batch.Dispose();
            }
            StartAnew();
        }
        using (_replica.Lock.EnterWrite())
        {
            foreach (var request in failed)
                request.Complete(new WriteOutcome { Error = error, Zxid = _replica.LastZxid });
        }
        _replica.CallBack();
    }

    /// <summary>Takes no more requests; those taken are still carried out.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _open.Dispose();
        foreach (var batch in _free)
            batch.Dispose();
    }

    private void Validate(WriteRequest request, long now)
    {
        if (_open.Writer.Length >= MostRowBytes || _open.Items.Count >= MostRowRequests)
            _full.Enqueue(CloseOpen());
        bool isLong = _room.IsOpen && IsLong(request.Operation);
        if (isLong)
            _room.Close();
        int before = _open.Items.Count == 0 ? 0 : _open.Writer.Length;
        var verdict = _validator.Validate(request, now, _open.Writer);
        _open.Items.Add(new PipelineBatch.Item(request, verdict));
        if (_room.Take(_open.Writer.Length - before) && isLong)
            _room.Open();
    }

    private bool IsLong(WriteOperation operation) => operation switch
    {
        MultiOperation multi => multi.Operations.Length > MostValidatedAtOnce,
        CloseSessionOperation close =>
            _replica.State.Sessions.TryGetValue(close.SessionId, out var session)
            && session.Ephemerals.Count > MostValidatedAtOnce,
        DeleteTreeOperation => true,
        _ => false,
    };

    private PipelineBatch CloseOpen()
    {
        var closed = _open;
        if (!_free.TryPop(out _open!))
            _open = new PipelineBatch();
        return closed;
    }

    // Null where all that it went through is applied; otherwise what the request at next has begun.
    private LongApplication? ApplySome(List<PipelineBatch.Item> items, ref int next, ref BatchReader reader)
    {
        int end = Math.Min(items.Count, next + AppliedAtOnce);
        for (; next < end; next++)
        {
            if (Apply(items[next], ref reader) is { } application)
                return application;
            items[next].Complete(_replica, _results);
        }
        return null;
    }

    private LongApplication? Apply(in PipelineBatch.Item item, ref BatchReader reader)
    {
        _results.Clear();
        // An entry that begins an epoch has no request: it is applied with the first, be it refused, that rests on it.
        while (_replica.LastZxid < item.Verdict.Zxid && reader.TryRead(out var entry))
        {
            if (_replica.Apply(entry, _results) is { } rest)
                return rest;
        }
        return null;
    }

    // What is validated between the pieces sees none of them: all that they touch is in flight until the last.
    private void ApplyAtLength(LongApplication application, in PipelineBatch.Item item)
    {
        lock (_gate)
            _validator.Prepare(application);
        bool isDone = false;
        while (!isDone)
        {
            _replica.Lock.LetReadersIn();
            lock (_gate)
            {
                _room.Close();
                application.Count();
                using (_replica.Lock.EnterWrite())
                {
                    isDone = application.GoOn(ChangesAtOnce);
                    if (isDone)
                    {
                        _replica.End(application);
                        item.Complete(_replica, _results);
                    }
                }
                _validator.Applied(_replica.LastZxid);
            }
        }
    }

    private void Release(PipelineBatch batch)
    {
        lock (_gate)
        {
            _room.GiveBack(batch.Items.Count, batch.Writer.Length);
            batch.Clear();
            if (_free.Count < MostFree)
                _free.Push(batch);
            else
                batch.Dispose();
        }
    }

    private IEnumerable<PipelineBatch> AllInFlight(PipelineBatch? first) =>
        first is null ? [.. _full, _open] : [first, .. _full, _open];

    private void StartAnew()
    {
        _full.Clear();
        _open = new PipelineBatch();
        _validator.Restart();
        _room.Clear();
    }
}
