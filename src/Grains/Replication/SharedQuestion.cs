namespace Coordination.Grains.Replication;

/// <summary>A question whose answer ages: who asks gets one that was asked for after he came, and shares it with whoever
/// came as early.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class SharedQuestion<T>
{
    private readonly Lock _gate = new();
    private Task<T>? _asked;
    private Task<T>? _next;
    private Task<T>? _nextIsAfter;

    /// <summary>Asks at once where no question is under way; otherwise behind that, together with all others who come
    /// before its answer does.</summary>
    /// <param name="ask">Asks. All who share a question hand in the same.</param>
    public Task<T> AskAsync(Func<Task<T>> ask)
    {
        lock (_gate)
        {
            if (_asked is not { IsCompleted: false } asked)
                return _asked = ask();
            // Told from the question that it waits for, not by being there: that may have ended since it was looked at, and
            // then the next is asked, and is the one under way, before it can be written down here.
            if (_nextIsAfter != asked)
            {
                _nextIsAfter = asked;
                _next = AskAfterAsync(asked, ask);
            }
            return _next!;
        }
    }

    private async Task<T> AskAfterAsync(Task asked, Func<Task<T>> ask)
    {
        // Where it was asked from: a simulation has one thread.
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Task<T> mine;
        lock (_gate)
            mine = _asked = ask();
        return await mine;
    }
}
