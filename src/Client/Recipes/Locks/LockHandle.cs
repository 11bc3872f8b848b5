using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A lock, or a lease, that is held. Disposing of it gives it back.</summary>
public sealed class LockHandle : IAsyncDisposable
{
    private readonly ICoordinationClient _client;
    private readonly QueuePlace _place;
    private readonly CancellationTokenSource _lost;
    private readonly Action<WatchEvent> _watcher;
    private int _holds = 1;

    internal LockHandle(ICoordinationClient client, QueuePlace place)
    {
        _client = client;
        _place = place;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(place.Session.Ended);
        _watcher = Take;
        _ = WatchAsync();
    }

    /// <summary>Grows from holder to holder: to be written beside what the lock protects, so that a write with a smaller
    /// one is refused. It is the zxid that created the lock's znode.</summary>
    /// <remarks>A holder that was frozen goes on for a moment as if nothing had happened, whatever
    /// <see cref="LostToken"/> says then. Only what is compared where the write happens keeps two holders apart.</remarks>
    public long FencingToken => _place.Stat.Czxid;

    /// <summary>The znode that stands for this hold. A transaction that checks it is carried out only while the lock is
    /// held, which is looked up where the write is done.</summary>
    public string Path => _place.Path;

    /// <summary>Cancelled when the lock is lost: the session has ended or must be taken for ended, or somebody has deleted
    /// the znode. Not when it is given back.</summary>
    public CancellationToken LostToken => _lost.Token;

    /// <summary>Whether it is sure to be held, by the clock and now.</summary>
    public bool IsHeld => Volatile.Read(ref _holds) > 0 && !_lost.IsCancellationRequested && _place.Session.IsAlive;

    /// <summary>The session that it is held in.</summary>
    internal ClientSession Session => _place.Session;

    /// <summary>Holds it once more, for a part of the program that holds it for itself: it is given back when it was
    /// disposed of as often as it was entered.</summary>
    /// <remarks>Who holds the lock is not guessed from the thread or the flow of calls: whoever has the handle may enter
    /// again.</remarks>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    public LockHandle Reenter()
    {
        while (true)
        {
            int holds = Volatile.Read(ref _holds);
            ObjectDisposedException.ThrowIf(holds == 0, this);
            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
                return this;
        }
    }

    /// <summary>Gives it back, or one of several holds.</summary>
    public async ValueTask DisposeAsync()
    {
        while (true)
        {
            int holds = Volatile.Read(ref _holds);
            if (holds == 0)
                return;
            if (Interlocked.CompareExchange(ref _holds, holds - 1, holds) != holds)
                continue;
            if (holds > 1)
                return;
            break;
        }
        await _place.LeaveAsync().ConfigureAwait(false);
        _client.Forget(_place.Path, _watcher);
    }

    // Behind the acquisition, which does not wait for it.
    private async Task WatchAsync()
    {
        try
        {
            if (await _client.ExistsAsync(_place.Path, _watcher).ConfigureAwait(false) is null)
                Lose();
            if (Volatile.Read(ref _holds) == 0)
                _client.Forget(_place.Path, _watcher);
        }
        catch (Exception exception) when (exception is CoordinationException or ObjectDisposedException)
        {
            // The session's end is told by itself.
        }
    }

    private void Take(WatchEvent watchEvent)
    {
        if (watchEvent.Type == WatchEventType.NodeDeleted)
            Lose();
        else if (watchEvent.Type != WatchEventType.None)
            _ = WatchAsync();
    }

    private void Lose()
    {
        if (Volatile.Read(ref _holds) > 0)
            _ = _lost.CancelAsync();
    }
}
