using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A number of leases that many processes share: who asks first has one first.</summary>
/// <remarks>The layout is that of Curator's <c>InterProcessSemaphoreV2</c>: one waits at a time, under a lock, for the number
/// of leases to fall. All who share it must say the same number.</remarks>
public sealed class DistributedSemaphore
{
    private const string Prefix = "lease-";

    private readonly ICoordinationClient _client;
    private readonly string _leases;
    private readonly DistributedLock _lock;
    private readonly int _count;

    /// <summary>Names a semaphore.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode that it is below; created as a container where it is missing.</param>
    /// <param name="count">How many leases there are, from 1 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public DistributedSemaphore(ICoordinationClient client, string path, int count)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _client = client;
        _leases = ChrootPath.ToServer(string.Empty, path) + "/leases";
        _lock = new DistributedLock(client, path + "/locks");
        _count = count;
    }

    /// <summary>Waits for a lease, as <see cref="DistributedLock.AcquireAsync"/> does for a lock.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<LockHandle> AcquireAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var turn = await _lock.AcquireAsync(cancellationToken).ConfigureAwait(false);
            await using (turn.ConfigureAwait(false))
            {
                if (await TryAcquireAsync(turn, cancellationToken).ConfigureAwait(false) is { } lease)
                    return lease;
            }
        }
    }

    /// <summary>Waits for a lease for a while.</summary>
    /// <returns>The lease; null where there was none in that time.</returns>
    public Task<LockHandle?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Patience.TryAsync(AcquireAsync, _client.TimeProvider, timeout, cancellationToken);

    /// <returns>Null where the session, or the turn, was lost.</returns>
    private async Task<LockHandle?> TryAcquireAsync(LockHandle turn, CancellationToken cancellationToken)
    {
        var place = await QueuePlace.EnterAsync(_client, _leases, Prefix, default, cancellationToken).ConfigureAwait(false);
        bool isOurs = false;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken, place.Session.Ended, turn.LostToken);
            isOurs = await WaitAsync(place, either.Token).ConfigureAwait(false);
            return isOurs ? new LockHandle(_client, place) : null;
        }
        catch (CoordinationException exception) when (Patience.IsWorthwhileAfter(exception))
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!isOurs)
                _ = place.LeaveAsync();
        }
    }

    private async Task<bool> WaitAsync(QueuePlace place, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = new ZnodeWait.Change();
            var children = await _client.GetChildrenAsync(_leases, change.Take, cancellationToken).ConfigureAwait(false);
            bool isThere = children.Names.Contains(place.Name, StringComparer.Ordinal);
            if (!isThere || children.Names.Count <= _count)
            {
                _client.Forget(_leases, change.Take);
                return isThere && place.Session.IsAlive;
            }
            if (await change.WaitAsync(_client, _leases, cancellationToken).ConfigureAwait(false) == WatchEventType.None)
                return false;
        }
    }
}
