namespace Coordination.Client.Recipes;

/// <summary>Several locks that are held. Disposing of it gives them all back.</summary>
public sealed class MultiLockHandle : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost;

    internal MultiLockHandle(IReadOnlyList<LockHandle> handles)
    {
        Handles = handles;
        _lost = CancellationTokenSource.CreateLinkedTokenSource([.. handles.Select(static handle => handle.LostToken)]);
    }

    /// <summary>The locks, in the order of their paths, each with its fencing token.</summary>
    public IReadOnlyList<LockHandle> Handles { get; }

    /// <summary>Cancelled when one of them is lost.</summary>
    public CancellationToken LostToken => _lost.Token;

    /// <summary>Whether all are sure to be held, by the clock and now.</summary>
    public bool IsHeld => Handles.All(static handle => handle.IsHeld);

    /// <summary>Gives them all back, the last that was acquired first.</summary>
    public async ValueTask DisposeAsync()
    {
        for (int i = Handles.Count - 1; i >= 0; i--)
            await Handles[i].DisposeAsync().ConfigureAwait(false);
    }
}
