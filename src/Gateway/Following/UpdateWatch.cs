using Coordination.Engine;
using Coordination.Engine.Following;
using Coordination.Protocol;
using Coordination.Storage;

namespace Coordination.Gateway.Following;

/// <summary>A watch of one connection that goes on from a zxid: the past from the log, then each entry as it is applied.</summary>
/// <remarks>
/// It never keeps much for a client that reads slowly: what does not fit is read from the log when there is room. So there is
/// one way into the present, at the beginning and whenever it fell behind: from one moment on, under the replica's lock, it
/// keeps what is applied, reads the log up to that moment, and tells what it kept.
/// </remarks>
/// <param name="connection">Whom to tell.</param>
/// <param name="number">The client's number of the watch.</param>
/// <param name="top">The znode, in UTF-8.</param>
/// <param name="isRecursive">Whether all below it is watched, too.</param>
/// <param name="after">What came after this zxid is told.</param>
internal sealed class UpdateWatch(SessionConnection connection, int number, byte[] top, bool isRecursive, long after)
    : UpdateFollower
{
    private const int MostKept = 1 << 20;

    private static readonly TimeSpan _longestSync = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly GatewayServices _services = connection.Services;
    private readonly Outbox _outbox = connection.Outbox;

    // Guarded by the outbox's gate, as all below: all up to this zxid was told.
    private long _through = after;
    private UpdateWatchStage _stage;
    private JuteBuffer? _kept;
    private long _keptThrough;

    private CoordinationState State => _services.Replica.State;

    /// <summary>Begins; the caller holds the replica's lock and the outbox's gate, and no entry is applied in part.</summary>
    public void Begin()
    {
        State.Followers.Add(top, isRecursive, this);
        if (_through < 0 || _through == State.LastZxid)
            GoLive();
        else
            _ = RunAsync();
    }

    /// <summary>Ends; the caller holds the replica's lock.</summary>
    public void End()
    {
        State.Followers.Remove(top, isRecursive, this);
        FallSilent();
    }

    /// <summary>Tells nothing more, until it is ended.</summary>
    public void FallSilent()
    {
        lock (_outbox.Gate)
        {
            _stage = UpdateWatchStage.Ended;
            LetGoOfKept();
        }
    }

    /// <summary>Tells how far it has told; the caller holds the replica's lock and the outbox's gate.</summary>
    public void Mark()
    {
        if (_stage != UpdateWatchStage.Live || _through >= State.LastZxid)
            return;
        _through = State.LastZxid;
        UpdateFrame.WriteMark(_outbox.Buffer, number, _through);
    }

    /// <inheritdoc/>
    public override void Take(IReadOnlyList<ZnodeUpdate> updates)
    {
        lock (_outbox.Gate)
        {
            if (_stage == UpdateWatchStage.Live && connection.HasRoomForUpdates)
            {
                Write(_outbox.Buffer, updates);
                _through = updates[0].Zxid;
                connection.ToldOfUpdates();
            }
            else if (_stage == UpdateWatchStage.Live)
            {
                _stage = UpdateWatchStage.Behind;
                _through = updates[0].Zxid - 1;
                _ = RunAsync();
            }
            else if (_stage == UpdateWatchStage.Joining)
            {
                Write(_kept!, updates);
                if (_kept!.Length > MostKept)
                {
                    LetGoOfKept();
                    _stage = UpdateWatchStage.Behind;
                }
                else
                {
                    _keptThrough = updates[0].Zxid;
                }
            }
        }
    }

    private void GoLive()
    {
        _through = State.LastZxid;
        _stage = UpdateWatchStage.Live;
        UpdateFrame.WriteMark(_outbox.Buffer, number, _through);
    }

    private async Task RunAsync()
    {
        try
        {
            // Not on a thread that applies entries, or that sockets are read by.
            await Task.Yield();
            while (!await TryJoinAsync())
            {
            }
        }
        catch (OperationCanceledException) when (connection.Ending.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception e)
        {
            _services.Log.WatchFailed(e);
            connection.EndForUpdates();
        }
    }

    private async Task<bool> TryJoinAsync()
    {
        await _outbox.WaitUntilSentAsync().WaitAsync(connection.Ending);
        if (await BeginJoiningAsync() is not { } now)
            return true;
        try
        {
            if (_through <= now && await TryReplayAsync(now))
                return EndJoining(now);
            // A silo that is behind what the log has kept would tell of a loss from there on, and of another at the next
            // connection. And what was trimmed off while it was read need not be what the client lacks.
            if (!await CatchUpAsync() || !await _services.History.ReachesBackAsync(_through, connection.Ending))
            {
                await LoseHistoryAsync();
                return true;
            }
        }
        catch (LogUnavailableException)
        {
            await Task.Delay(_retryDelay, connection.Ending);
        }
        return false;
    }

    // The zxid from which on it keeps what is applied; null where it was ended.
    private async Task<long?> BeginJoiningAsync()
    {
        while (true)
        {
            await _services.Replica.WhenSettledAsync(connection.Ending);
            using (_services.Replica.Lock.EnterRead())
            {
                if (State.IsBetween)
                    continue;
                lock (_outbox.Gate)
                {
                    if (_stage == UpdateWatchStage.Ended)
                        return null;
                    LetGoOfKept();
                    _kept = new JuteBuffer();
                    _keptThrough = 0;
                    _stage = UpdateWatchStage.Joining;
                    return State.LastZxid;
                }
            }
        }
    }

    // The client may have the zxid from another silo, or have made it up: only the log itself can tell.
    private async Task<bool> CatchUpAsync()
    {
        using var limit = new CancellationTokenSource(_longestSync);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.Ending);
        try
        {
            await _services.Tail.SyncAsync(either.Token);
            return _through <= _services.Replica.LastZxid;
        }
        catch (OperationCanceledException) when (!connection.Ending.IsCancellationRequested)
        {
            throw new LogUnavailableException($"the log has not told within {_longestSync} how far it reaches");
        }
    }

    private async Task<bool> TryReplayAsync(long through)
    {
        try
        {
            if (_through < through)
                await ReplayAsync(through);
            return true;
        }
        catch (LogHistoryChangedException)
        {
            return false;
        }
    }

    private async Task ReplayAsync(long through)
    {
        await foreach (var (rowThrough, updates) in
            _services.History.ReadAsync(top, isRecursive, _through, through, connection.Ending))
        {
            using (_services.Replica.Lock.EnterRead())
            {
                lock (_outbox.Gate)
                {
                    if (_stage == UpdateWatchStage.Ended)
                        return;
                    Write(_outbox.Buffer, PastUpdates.Judge(updates, State));
                    _through = rowThrough;
                }
            }
            _outbox.Flush();
            if (!connection.HasRoomForUpdates)
                await _outbox.WaitUntilSentAsync().WaitAsync(connection.Ending);
        }
    }

    private bool EndJoining(long now)
    {
        lock (_outbox.Gate)
        {
            if (_stage == UpdateWatchStage.Ended)
                return true;
            _through = Math.Max(_through, now);
            if (_stage != UpdateWatchStage.Joining)
                return false;
            _outbox.Buffer.WriteRaw(_kept!.WrittenSpan);
            LetGoOfKept();
            _through = Math.Max(_through, _keptThrough);
            _stage = UpdateWatchStage.Live;
            UpdateFrame.WriteMark(_outbox.Buffer, number, _through);
        }
        _outbox.Flush();
        return true;
    }

    private async Task LoseHistoryAsync()
    {
        // Again, since what was kept may not have fitted.
        if (await BeginJoiningAsync() is not { } now)
            return;
        lock (_outbox.Gate)
        {
            if (_stage == UpdateWatchStage.Ended)
                return;
            UpdateFrame.WriteHistoryLost(_outbox.Buffer, number, now);
            _through = now;
        }
        if (!EndJoining(now))
            _ = RunAsync();
    }

    private void Write(JuteBuffer buffer, IReadOnlyList<ZnodeUpdate> updates)
    {
        ZnodeUpdate? last = null;
        foreach (var update in updates)
        {
            if (update.Acl is null || !connection.MayRead(update.Acl))
                continue;
            if (last is not null)
                UpdateFrame.Write(buffer, number, last, isLast: last.Zxid != update.Zxid);
            last = update;
        }
        if (last is not null)
            UpdateFrame.Write(buffer, number, last, isLast: true);
    }

    private void LetGoOfKept()
    {
        _kept?.Dispose();
        _kept = null;
    }
}
