using System.IO.Pipelines;
using System.Net;
using Coordination.Engine.Requests;
using Coordination.Engine.Watches;
using Coordination.Gateway.Authentication;
using Coordination.Gateway.Requests;
using Coordination.Gateway.Serving;
using Coordination.Grains;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>One client's connection once its session is attached: reads requests, answers them in their order.</summary>
/// <remarks>Reads are answered on the thread that has read them. Writes go to the pipeline, and are answered by the
/// thread that applies, together with the small reads right behind them; any other request that must see them waits,
/// unread, until they are.</remarks>
internal sealed partial class SessionConnection : Watcher, ISessionConnection, IAfterApply, IAsyncDisposable
{
    private const int MostReadsAtOnce = 64;
    private const int MostWatchesAtOnce = 256;

    private readonly GatewayServices _services;
    private readonly PipeReader _input;
    private readonly Outbox _outbox;
    private readonly Action _abort;
    private readonly EndPoint? _remote;
    private readonly ConnectionTraffic _traffic;
    private readonly int _mostReadsBehindWrites;
    private readonly ConnectionAuthentication _authentication;
    private readonly List<WriteRequest> _writes = [];
    private TrackedSession _session = null!;
    private Caller _caller;
    private byte[] _frame = [];
    private WatchRenewal? _renewal;
    private TaskCompletionSource? _answeredAll;
    private ConnectionWrite? _lastWrite;
    private int _outstanding;
    private int _readsBehindWrites;
    private int _answered;
    private bool _hasAnsweredWrites;
    private bool _isAnsweringReads;
    private bool _isInAfterApply;
    private bool _isClosingSession;
    private bool _hasSaidFarewell;
    private bool _isBarred;
    private bool _isGone;
    private bool _isOffSocketThread;
    private volatile bool _isEnded;

    public SessionConnection(
        GatewayServices services, PipeReader input, Outbox outbox, Action abort, EndPoint? remote,
        ConnectionTraffic traffic, Caller caller, ReadOnlySession? readOnlySession = null)
    {
        _services = services;
        _input = input;
        _outbox = outbox;
        _abort = abort;
        _remote = remote;
        _traffic = traffic;
        _traffic.Outstanding = () => Volatile.Read(ref _outstanding);
        _caller = caller;
        _readOnlySession = readOnlySession;
        _authentication = new ConnectionAuthentication(services.Options.Authentication);
        _isBarred = _authentication.IsBarred(caller);
        // Nobody can wait for the client between their answers, which may be of any length: they must fit.
        _mostReadsBehindWrites = Math.Min(
            services.Options.MostOutstanding, services.Options.MostUnsent / 2 / services.Options.LongestFrame);
    }

    /// <summary>What is to be done before the next request is looked at.</summary>
    private enum Step
    {
        Receive,
        GoOn,
        AwaitAnswers,
        Throttle,
        Sync,
        AskForMissing,
        RenewWatches,
        LeaveSocketThread,
        AwaitSettled,
        AnswerAtLength,
        CloseSession,
        End,
    }

    /// <summary>The session that is served.</summary>
    public TrackedSession Session => _session;

    /// <inheritdoc/>
    public bool IsOwedAnAnswer => Volatile.Read(ref _outstanding) > 0;

    /// <summary>Ties the connection to its session.</summary>
    /// <returns>False when the session is gone, or another connection's, by now.</returns>
    public bool TryBind()
    {
        if (_readOnlySession is not null)
        {
            _session = _readOnlySession.Tracked;
            _services.ReadOnlySessions.Bind(_readOnlySession, this);
        }
        else
        {
            _session = _services.Tracker.Bind(_caller.SessionId, _caller.AttachZxid, this)!;
        }
        if (_session is null)
            return false;
        _traffic.Session = this;
        return true;
    }

    /// <summary>Serves the client until it closes its session, is gone, or has to be shut out.</summary>
    /// <remarks>A client that is gone has its requests carried out that it sent before, a closeSession above all.</remarks>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        while (!_isEnded)
        {
            var input = await _input.ReadAsync(cancellationToken);
            if (input.IsCanceled)
                return;
            // What has arrived is held until all of it is done: once the client has reset the connection, as one does
            // that closes it with answers unread, it could not be read again.
            var left = input.Buffer;
            var step = Step.GoOn;
            while (step != Step.Receive && !_isEnded)
            {
                long now = _services.Tracker.Now;
                if (_services.Tracker.MayServe(now) == IsReadOnly)
                    return;
                if (!left.IsEmpty)
                    _session.Touch(now);
                step = Process(left, out var consumed);
                left = left.Slice(consumed);
                switch (step)
                {
                    case Step.Receive when input.IsCompleted:
                    case Step.End:
                        return;
                    case Step.AwaitAnswers:
                        await WaitUntilAnsweredAsync(cancellationToken);
                        break;
                    case Step.Throttle:
                        await ThrottleAsync(cancellationToken);
                        break;
                    case Step.Sync:
                        await SyncAsync(cancellationToken);
                        break;
                    case Step.AskForMissing:
                        await AskForMissingAsync(cancellationToken);
                        break;
                    case Step.RenewWatches:
                        await RenewWatchesAsync(cancellationToken);
                        break;
                    case Step.LeaveSocketThread:
                        await Task.Yield();
                        _isOffSocketThread = true;
                        break;
                    case Step.AwaitSettled:
                        await _services.Replica.WhenSettledAsync(cancellationToken);
                        break;
                    case Step.AnswerAtLength:
                        await AnswerAtLengthAsync(cancellationToken);
                        break;
                    case Step.CloseSession:
                        await CloseSessionAsync();
                        return;
                }
            }
            _input.AdvanceTo(left.Start, left.End);
        }
    }

    /// <summary>Waits until the writes that were taken are answered.</summary>
    public Task WaitUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        lock (_outbox.Gate)
        {
            if (_outstanding == 0)
                return Task.CompletedTask;
            _answeredAll ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answeredAll.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void SessionMoved() => EndSoon();

    /// <inheritdoc/>
    public void ServiceEnded() => EndSoon();

    /// <inheritdoc/>
    public void SessionClosed()
    {
        if (!_isClosingSession)
            EndSoon();
    }

    /// <summary>Forgets the connection's watches; its session lives on without it.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnded = true;
        // One that found its session gone, or moved on, before it was bound has nothing to forget.
        if (_session is null)
            return;
        if (_readOnlySession is not null)
            _services.ReadOnlySessions.Unbind(_readOnlySession, this);
        else
            _services.Tracker.Unbind(_session, this);
        using (_services.Replica.Lock.EnterRead())
        {
            // Reads behind a write that is still under way would set watches that nobody removes.
            _isGone = true;
            EndUpdateWatches();
        }
        var removal = _services.Replica.State.Watches.BeginRemoval(this);
        while (RemoveSome(removal))
            await LetOthersInAsync();
    }

    private async Task CloseSessionAsync()
    {
        _isClosingSession = true;
        if (_readOnlySession is not null)
            _services.ReadOnlySessions.Close(_readOnlySession);
        else if (!await TryCloseAsync())
            return;
        var reader = new JuteReader(_frame);
        int xid = RequestHeader.Read(ref reader).Xid;
        lock (_outbox.Gate)
        {
            HeaderFrame.Write(_outbox.Buffer, xid, _services.Replica.LastZxid, ErrorCode.Ok);
            _hasSaidFarewell = true;
            SilenceUpdateWatches();
        }
        Count(0, 1);
    }

    // Not where the client has gone elsewhere with its session: this connection is one that it has given up.
    private async Task<bool> TryCloseAsync()
    {
        try
        {
            await _services.Sessions.CloseAsync(_session.Id, _session.AttachZxid);
            return true;
        }
        catch (ZnodeException e) when (e.Code == ErrorCode.SessionMoved)
        {
            return false;
        }
    }

    private void Count(int received, int sent)
    {
        _services.Statistics.Count(received, sent);
        _traffic.Count(received, sent);
    }

    // The state is locked: what ends the connection may take its time on another thread. Until it has, nothing is told any more:
    // a session's next connection, to a silo that is not as far yet, would take the client back.
    private void EndSoon()
    {
        _isEnded = true;
        _outbox.Close();
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection._abort(), this, preferLocal: false);
    }
}
