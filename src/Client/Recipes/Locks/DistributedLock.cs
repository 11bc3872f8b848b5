using System.Text;

namespace Coordination.Client.Recipes;

/// <summary>A fair lock that many processes share: who asks first has it first.</summary>
/// <remarks>
/// The layout is that of Curator's <c>InterProcessMutex</c>, with which it can be shared. Acquiring a lock that is free
/// takes one round trip, releasing it another. When a session ends, its locks are free; a waiter whose session ends goes on
/// waiting, at the end of the queue. Instances hold nothing, so one may serve any number of callers: each is a contender of
/// its own.
/// </remarks>
public sealed class DistributedLock
{
    private const string Prefix = "lock-";

    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly ReadOnlyMemory<byte> _data;

    /// <summary>Names a lock.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which contenders queue; created as a container where it is missing.</param>
    /// <param name="holder">What others can read in the znodes of this contender; nothing where nothing is said.</param>
    public DistributedLock(ICoordinationClient client, string path, string holder = "")
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(holder);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        _data = Encoding.UTF8.GetBytes(holder);
    }

    /// <summary>For how long nobody else may have the lock when a holder's session ends before it has given the lock back;
    /// zero, for not at all, where nothing is said, and an hour at most.</summary>
    /// <remarks>It is for what a lost holder has begun and cannot be refused by its fencing token. It goes by what the holder
    /// that is lost has said, and everybody waits who uses this client; those on Curator do not know of it, and neither wait
    /// nor make others wait. It is counted from when a contender notices. Saying so takes one more round trip when the lock
    /// is acquired, and none when it is released.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    public TimeSpan LockDelay { get; init => field = HoldMark.Check(value); }

    /// <summary>Waits until the lock is ours: for as long as it takes, over lost connections and ended sessions.</summary>
    /// <param name="cancellationToken">Ends the wait, and takes the contender out of the queue.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    /// <exception cref="AccessDeniedException">The znode, or one above it, may not be written.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed of.</exception>
    public async Task<LockHandle> AcquireAsync(CancellationToken cancellationToken = default) => new(
        _client,
        await LockQueue.AcquireAsync(
            _client, new LockTerms(_path, Prefix, LockQueue.Before, _data, LockDelay), cancellationToken).ConfigureAwait(false));

    /// <summary>Waits for a while until the lock is ours.</summary>
    /// <param name="timeout">How long, by the clock of the client.</param>
    /// <param name="cancellationToken">Ends the wait before.</param>
    /// <returns>The lock; null where it was not ours in that time.</returns>
    public Task<LockHandle?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Patience.TryAsync(AcquireAsync, _client.TimeProvider, timeout, cancellationToken);

    /// <summary>What the contenders have said of themselves, the holder first.</summary>
    public async ValueTask<IReadOnlyList<string>> GetContendersAsync(CancellationToken cancellationToken = default)
    {
        var contenders = new List<string>();
        foreach (string name in SequentialName.Sort(await Listing.NamesAsync(_client, _path, cancellationToken).ConfigureAwait(false)))
        {
            if (await Listing.TryReadAsync(_client, $"{_path}/{name}", cancellationToken).ConfigureAwait(false) is { } znode)
                contenders.Add(znode.Text);
        }
        return contenders;
    }
}
