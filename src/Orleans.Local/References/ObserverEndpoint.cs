using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.References;

/// <summary>
/// Where the calls to an observer wait for their turn: they run on the thread pool, each after the one before it is
/// done. The observer is held weakly.
/// </summary>
internal sealed class ObserverEndpoint(IGrainObserver observer, LocalSilo silo) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly WeakReference<IGrainObserver> _observer = new(observer);
    private RequestQueue _waiting;
    private bool _running;
    private bool _deleted;

    /// <summary>Ends the reference.</summary>
    /// <returns>Whether it had not been ended before.</returns>
    public bool Delete()
    {
        lock (_lock)
        {
            if (_deleted) return false;
            return _deleted = true;
        }
    }

    public void Send(Request request)
    {
        Exception? refusal = null;
        bool start = false;
        lock (_lock)
        {
            if (_deleted || !_observer.TryGetTarget(out _))
                refusal = new ClientNotAvailableException("The observer has been deleted or collected.");
            else if (_waiting.Count > silo.Options.MaxEnqueuedRequestsHardLimit)
                refusal = silo.Overloaded(_waiting.Count, "observer");
            else
            {
                _waiting.Enqueue(request);
                start = !_running;
                _running = true;
            }
        }

        if (refusal is not null) request.Reject(refusal);
        else if (start) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (true)
        {
            Request? request;
            bool deleted;
            lock (_lock)
            {
                deleted = _deleted;
                _running = _waiting.TryDequeue(out request);
                if (request is null) return;
            }

            if (request.IsAbandoned) continue;
            if (!deleted && _observer.TryGetTarget(out IGrainObserver? target)) await request.InvokeAsync(target);
            else request.Reject(new ClientNotAvailableException("The observer has been deleted or collected."));
        }
    }
}
