namespace Coordination.Client.Recipes;

/// <summary>Several locks, held all or none.</summary>
/// <remarks>They are acquired in the order of their paths, whichever order they are named in: so two who want some of the
/// same do not wait for each other.</remarks>
public sealed class DistributedMultiLock
{
    private readonly ICoordinationClient _client;
    private readonly string[] _paths;

    /// <summary>Names the locks.</summary>
    /// <param name="client">The client.</param>
    /// <param name="paths">The paths of the locks; one that is named twice counts once.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public DistributedMultiLock(ICoordinationClient client, IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(paths);
        _client = client;
        _paths =
        [
            .. paths.Select(path => ChrootPath.ToServer(string.Empty, path))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        ArgumentOutOfRangeException.ThrowIfZero(_paths.Length, nameof(paths));
    }

    /// <summary>As <see cref="DistributedLock.LockDelay"/>, for each of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    public TimeSpan LockDelay { get; init => field = HoldMark.Check(value); }

    /// <summary>Waits until all are ours, as <see cref="DistributedLock.AcquireAsync"/> does for each. Where one is lost before
    /// all are acquired, that shows in <see cref="MultiLockHandle.LostToken"/>.</summary>
    /// <param name="cancellationToken">Ends the wait, and gives back those that were acquired.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<MultiLockHandle> AcquireAsync(CancellationToken cancellationToken = default)
    {
        var handles = new List<LockHandle>(_paths.Length);
        try
        {
            foreach (string path in _paths)
            {
                var member = new DistributedLock(_client, path) { LockDelay = LockDelay };
                handles.Add(await member.AcquireAsync(cancellationToken).ConfigureAwait(false));
            }
            return new MultiLockHandle(handles);
        }
        catch
        {
            for (int i = handles.Count - 1; i >= 0; i--)
                await handles[i].DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a while until all are ours.</summary>
    /// <returns>The locks; null where not all were ours in that time.</returns>
    public Task<MultiLockHandle?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Patience.TryAsync(AcquireAsync, _client.TimeProvider, timeout, cancellationToken);
}
