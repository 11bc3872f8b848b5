namespace Orleans.Activations;

/// <summary>
/// Runs the turns of one activation: one at a time, in the order they came, each on whatever thread of the pool is
/// free. What grain code awaits resumes as another turn here.
/// </summary>
internal sealed class TurnScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    // Enough to spare the pool a round trip, few enough not to keep other grains waiting.
    private const int TurnsPerSlice = 64;
    private const int RestingCapacity = 64;

    [ThreadStatic]
    private static Activation? t_current;

    // A null stands for looking through the requests that wait.
    private readonly Queue<Task?> _turns = new();
    private bool _active;
    private bool _pumpQueued;

    /// <summary>Gets the activation whose turn the calling thread is in, if any.</summary>
    public static new Activation? Current => t_current;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>
    /// Has the activation look through its requests in a turn; once, however often it is asked before that.
    /// </summary>
    public void RequestPump()
    {
        lock (_turns)
        {
            if (_pumpQueued) return;
            _pumpQueued = true;
            _turns.Enqueue(null);
            if (_active) return;
            _active = true;
        }

        QueueSlice();
    }

    void IThreadPoolWorkItem.Execute()
    {
        t_current = activation;
        try
        {
            for (int turn = 0; turn < TurnsPerSlice; turn++)
            {
                if (!TryDequeue(out Task? task)) return;

                // A task made here, not where the request came from, carries nothing of the caller's context.
                if (task is not null)
                {
                    TryExecuteTask(task);
                }
                else
                {
                    new Task(static self => ((Activation)self!).Pump(), activation, TaskCreationOptions.DenyChildAttach)
                        .RunSynchronously(this);
                }
            }
        }
        finally
        {
            t_current = null;
        }

        QueueSlice();
    }

    protected override void QueueTask(Task task)
    {
        lock (_turns)
        {
            _turns.Enqueue(task);
            if (_active) return;
            _active = true;
        }

        QueueSlice();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(t_current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_turns) return [.. _turns.OfType<Task>()];
    }

    // Not on the queue of the thread at hand: that is last in, first out, so a grain and its caller that keep each
    // other
    // busy would keep out what came before them.
    private void QueueSlice() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private bool TryDequeue(out Task? task)
    {
        lock (_turns)
        {
            if (_turns.TryDequeue(out task))
            {
                if (task is null) _pumpQueued = false;
                return true;
            }

            _active = false;
            if (_turns.Capacity > RestingCapacity) _turns.TrimExcess();
            return false;
        }
    }
}
