namespace Coordination.Grains.Tests.Cluster;

/// <summary>Has what goes on after an await go on where the test says so, and on its thread.</summary>
internal sealed class SteppedContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    /// <summary>Begins what is to be done in steps.</summary>
    public Task Start(Func<Task> begin) => Within(begin);

    /// <summary>Goes on with what is due first.</summary>
    /// <returns>False where nothing is.</returns>
    public bool GoOn()
    {
        if (!_posted.TryDequeue(out var due))
            return false;
        return Within(() =>
        {
            due.Callback(due.State);
            return true;
        });
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    private T Within<T>(Func<T> part)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return part();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
