namespace Coordination.Client.Recipes;

/// <summary>A fair lock that many read under at a time, or one writes.</summary>
/// <remarks>The layout is that of Curator's <c>InterProcessReadWriteLock</c>. Whoever waits to write is not overtaken by
/// readers that come later. One who reads and wants to write must give the first up before: two such would wait for each
/// other.</remarks>
public sealed class DistributedReadWriteLock
{
    private const string ReadPrefix = "__READ__";
    private const string WritePrefix = "__WRIT__";

    private readonly ICoordinationClient _client;
    private readonly string _path;

    /// <summary>Names a lock.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which contenders queue; created as a container where it is missing.</param>
    public DistributedReadWriteLock(ICoordinationClient client, string path)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
    }

    /// <summary>As <see cref="DistributedLock.LockDelay"/>. Where one is lost who read, only those wait who want to
    /// write.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    public TimeSpan LockDelay { get; init => field = HoldMark.Check(value); }

    /// <summary>Waits until nobody writes who was there before, as <see cref="DistributedLock.AcquireAsync"/> does.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public Task<LockHandle> AcquireReadAsync(CancellationToken cancellationToken = default) => AcquireAsync(
        new LockTerms(_path, ReadPrefix, LastWriterBefore, LockDelay: LockDelay, IsShared: true), cancellationToken);

    /// <summary>Waits until nobody reads or writes who was there before, as <see cref="DistributedLock.AcquireAsync"/>
    /// does.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public Task<LockHandle> AcquireWriteAsync(CancellationToken cancellationToken = default) =>
        AcquireAsync(new LockTerms(_path, WritePrefix, LockQueue.Before, LockDelay: LockDelay), cancellationToken);

    /// <summary>As <see cref="AcquireReadAsync"/>, for a while.</summary>
    /// <returns>The lock; null where it was not ours in that time.</returns>
    public Task<LockHandle?> TryAcquireReadAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Patience.TryAsync(AcquireReadAsync, _client.TimeProvider, timeout, cancellationToken);

    /// <summary>As <see cref="AcquireWriteAsync"/>, for a while.</summary>
    /// <returns>The lock; null where it was not ours in that time.</returns>
    public Task<LockHandle?> TryAcquireWriteAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Patience.TryAsync(AcquireWriteAsync, _client.TimeProvider, timeout, cancellationToken);

    private static string? LastWriterBefore(IReadOnlyList<string> names, int index)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            if (names[i].Contains(WritePrefix, StringComparison.Ordinal))
                return names[i];
        }
        return null;
    }

    private async Task<LockHandle> AcquireAsync(LockTerms terms, CancellationToken cancellationToken) =>
        new(_client, await LockQueue.AcquireAsync(_client, terms, cancellationToken).ConfigureAwait(false));
}
