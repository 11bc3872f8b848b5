using System.Diagnostics.CodeAnalysis;

namespace Orleans.Calls;

/// <summary>Requests in the order they came. Not safe for concurrent use; a mutable struct, so never copy it.</summary>
internal struct RequestQueue
{
    private Request? _first;
    private Request? _last;

    // How many of those that wait might pass one that cannot run yet: if none, there is no need to look past the first.
    private int _passing;

    public int Count { get; private set; }

    public void Enqueue(Request request)
    {
        request.Next = null;
        if (_last is null) _first = request;
        else _last.Next = request;
        _last = request;
        Count++;
        if (MayPass(request)) _passing++;
    }

    public bool TryDequeue([NotNullWhen(true)] out Request? request) => TryTake(static (_, _) => true, 0, out request);

    /// <summary>Takes the first request that can run.</summary>
    public bool TryTake<TState>(
        Func<Request, TState, bool> canRun, TState state, [NotNullWhen(true)] out Request? request)
    {
        Request? previous = null;
        for (Request? candidate = _first; candidate is not null; previous = candidate, candidate = candidate.Next)
        {
            if (canRun(candidate, state))
            {
                Remove(candidate, previous);
                request = candidate;
                return true;
            }

            if (_passing == 0) break;
        }

        request = null;
        return false;
    }

    private static bool MayPass(Request request) =>
        request.Has(RequestTraits.AlwaysInterleave | RequestTraits.ReadOnly | RequestTraits.Local);

    private void Remove(Request request, Request? previous)
    {
        if (previous is null) _first = request.Next;
        else previous.Next = request.Next;
        if (ReferenceEquals(_last, request)) _last = previous;
        request.Next = null;
        Count--;
        if (MayPass(request)) _passing--;
    }
}
