namespace Coordination.Grains.Tests.Logs;

/// <summary>An append that waits until the test lets it go.</summary>
internal sealed class HeldAppend
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed once the append has come.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public Task WaitAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
