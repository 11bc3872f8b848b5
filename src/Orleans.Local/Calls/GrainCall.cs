using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A call whose caller waits for the result.</summary>
internal sealed class GrainCall<TResult>(GrainMethod<TResult> method, GrainReference target, object?[] arguments)
    : AwaitedCall(method.Traits)
{
    // Callers must not go on inside the turn of the grain that completes the call.
    private readonly TaskCompletionSource<TResult> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CancellationTokenRegistration _cancellation;

    public Task<TResult> Outcome => _completion.Task;

    public override bool IsAbandoned => _completion.Task.IsCompleted;

    /// <summary>Starts the caller's wait. The grain sees the same token, so it hears of the cancellation too.</summary>
    public void Await(CancellationToken token)
    {
        method.Timeouts.Add(this);
        if (!token.CanBeCanceled) return;
        _cancellation = token.UnsafeRegister(
            static (call, cancelled) => ((GrainCall<TResult>)call!).Cancel(cancelled), this);
    }

    public override async Task InvokeAsync(object grain)
    {
        try
        {
            // What the grain does after these awaits is a turn of it, since they resume on its scheduler.
            TResult result = default!;
            switch (method.Invoke(grain, arguments))
            {
                case Task<TResult> task:
                    result = await task;
                    break;
                case ValueTask<TResult> task:
                    result = await task;
                    break;
                case Task task:
                    await task;
                    break;
                case ValueTask task:
                    await task;
                    break;
                case null:
                    throw new InvalidOperationException($"{method.Name} of {target.GrainId} returned no task.");
            }

            if (_completion.TrySetResult(method.CopyResult(result))) Settle();
        }
        catch (Exception exception)
        {
            Reject(exception);
        }
    }

    public override void Reject(Exception reason)
    {
        if (_completion.TrySetException(reason)) Settle();
    }

    public override void TimeOut(TimeSpan limit) => Reject(new TimeoutException(
        $"Response did not arrive on time in {limit} for message: {method.Name} of {target.GrainId}."));

    private void Cancel(CancellationToken token)
    {
        if (_completion.TrySetCanceled(token)) Settle();
    }

    private void Settle()
    {
        method.Timeouts.Remove(this);
        _cancellation.Unregister();
    }
}
