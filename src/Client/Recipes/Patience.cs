namespace Coordination.Client.Recipes;

/// <summary>What to wait for, and for how long.</summary>
internal static class Patience
{
    /// <summary>Whether the same may well go better when there is contact again, to a server that writes.</summary>
    internal static bool IsWorthwhileAfter(CoordinationException exception) =>
        exception is ConnectionLossException or SessionExpiredException or ReadOnlyServerException;

    /// <summary>Does something that takes its time, and gives it up when that is over.</summary>
    /// <returns>Null where it was given up.</returns>
    internal static async Task<T?> TryAsync<T>(
        Func<CancellationToken, Task<T>> work, TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
