using System.Collections.Concurrent;

namespace Coordination.Client.Requests;

/// <summary>Requests of one kind that are not in use.</summary>
internal sealed class RequestPool<TRequest>
    where TRequest : PendingRequest, new()
{
    private const int Most = 1024;

    private readonly ConcurrentQueue<TRequest> _requests = new();
    private int _count;

    internal TRequest Take()
    {
        if (!_requests.TryDequeue(out var request))
            return new TRequest();
        Interlocked.Decrement(ref _count);
        return request;
    }

    internal void Give(TRequest request)
    {
        if (Volatile.Read(ref _count) >= Most)
            return;
        Interlocked.Increment(ref _count);
        _requests.Enqueue(request);
    }
}
