using Coordination.Scheduler.Coordinating;

namespace Coordination.Scheduler.Working;

/// <summary>Lets as many batches of a job work as its quota allows, which may change at any time.</summary>
/// <remarks>First come, first served. A smaller quota takes nothing from those that work already; the next wait.</remarks>
internal sealed class QuotaGate(Quota quota)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(int Megabytes, TaskCompletionSource Entered)> _waiting = new();
    private Quota _quota = quota;
    private int _working;
    private int _megabytes;

    /// <summary>The quota as it is now.</summary>
    public Quota Quota
    {
        get
        {
            lock (_gate)
                return _quota;
        }
    }

    /// <summary>Changes the quota.</summary>
    public void Resize(Quota changed)
    {
        lock (_gate)
        {
            _quota = changed;
            LetIn();
        }
    }

    /// <summary>Waits until a batch may work.</summary>
    public async Task EnterAsync(int megabytes, CancellationToken cancellationToken)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<(int, TaskCompletionSource)> place;
        lock (_gate)
        {
            place = _waiting.AddLast((megabytes, entered));
            LetIn();
        }
        using var cancelled = cancellationToken.Register(() => Leave(place, entered, cancellationToken));
        await entered.Task;
    }

    /// <summary>Lets the next one in.</summary>
    public void Exit(int megabytes)
    {
        lock (_gate)
        {
            _working--;
            _megabytes -= megabytes;
            LetIn();
        }
    }

    private void Leave(
        LinkedListNode<(int, TaskCompletionSource)> place, TaskCompletionSource entered, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (place.List is null)
                return;
            _waiting.Remove(place);
            entered.TrySetCanceled(cancellationToken);
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { } first && _working < _quota.Cpu
            && _megabytes + first.Value.Megabytes <= _quota.MemoryMegabytes)
        {
            _waiting.RemoveFirst();
            _working++;
            _megabytes += first.Value.Megabytes;
            first.Value.Entered.SetResult();
        }
    }
}
