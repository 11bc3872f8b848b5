using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Watches;
using Coordination.Gateway.Serving;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>A silo's end of a connection: what the gateway does, with messages for frames.</summary>
internal sealed partial class ServedConnection(SiloLife life, Connection connection) : Watcher, ISessionConnection, IAfterApply
{
    private readonly Queue<ClientRequest> _received = new();
    private readonly List<object> _outbox = [];
    private Caller _caller = Caller.Service;
    private TrackedSession? _session;
    private TaskCompletionSource? _answeredAll;
    private TaskCompletionSource? _arrived;
    private TimeSpan _heardAt;
    private int _outstanding;
    private bool _hasAnsweredWrites;
    private bool _isAnsweringReads;
    private bool _isInAfterApply;
    private bool _isClosingSession;
    private bool _isLost;
    private bool _isEnded;

    /// <inheritdoc/>
    public bool IsOwedAnAnswer => _outstanding > 0;

    public Connection Connection => connection;

    /// <summary>A message has arrived.</summary>
    public void Receive(object message)
    {
        if (message is ConnectMessage connect)
        {
            _ = RunAsync(connect);
            return;
        }
        _received.Enqueue((ClientRequest)message);
        _arrived?.TrySetResult();
    }

    /// <summary>The client has closed the connection, or the network has broken it.</summary>
    public void Lose()
    {
        _isLost = true;
        _arrived?.TrySetResult();
    }

    /// <inheritdoc/>
    public override void Notify(in WatchEvent watchEvent)
    {
        if (life.World.Mutations.LosesEvent(life.World.Simulator.Random))
            return;
        _outbox.Add(new EventMessage(watchEvent.Type, Encoding.UTF8.GetString(watchEvent.Path), watchEvent.Zxid));
        CallAfterApply();
    }

    /// <summary>Answers a write; called in order, while the state is locked.</summary>
    public void Complete(ConnectionWrite write, in WriteOutcome outcome)
    {
        string text = outcome.IsRepeat && outcome.Error == ErrorCode.Ok
            ? life.World.Mutations.AnswerAgain(WriteText.Of(write.Operation, outcome.Results), life.Replica.State, write)
            : WriteText.Of(write.Operation, outcome.Results);
        _outbox.Add(new AnswerMessage(write.Request, outcome.Error, outcome.Zxid, text, 0, write.HeardAt));
        if (outcome.Error is ErrorCode.SessionMoved or ErrorCode.SessionExpired or ErrorCode.ConnectionLoss)
            _isEnded = true;
        _outstanding--;
        _hasAnsweredWrites = true;
        CallAfterApply();
    }

    /// <inheritdoc/>
    public void AfterApply()
    {
        _isInAfterApply = false;
        if (ShowsWhatIsLost)
        {
            _outbox.Clear();
            _isEnded = true;
            _arrived?.TrySetResult();
            return;
        }
        if (_hasAnsweredWrites)
            _session!.Touch(life.Tracker.Now);
        _hasAnsweredWrites = false;
        Flush();
        if (_outstanding == 0)
            _answeredAll?.TrySetResult();
        if (_isEnded)
            _arrived?.TrySetResult();
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

    private async Task RunAsync(ConnectMessage connect)
    {
        try
        {
            _heardAt = life.World.Simulator.Now;
            bool isServed = life.Serving.Mode switch
            {
                ServingMode.ReadWrite => await TryConnectAsync(connect),
                ServingMode.ReadOnly => TryConnectReadOnly(connect),
                _ => false,
            };
            if (isServed)
                await ServeAsync();
        }
        catch (Exception e) when (e is ZnodeException or TimeoutException or LogUnavailableException or LogHistoryChangedException)
        {
            life.World.Simulator.Tell($"{life.Name}: a connection ends: {e.Message}");
        }
        catch (Exception e)
        {
            life.World.Simulator.Fail(new SimulationFailure($"{life.Name}: a connection fails: {e}"));
        }
        await WaitUntilAnsweredAsync();
        Flush();
        _isEnded = true;
        if (_session is not null)
        {
            if (_readOnly is not null)
                life.ReadOnlySessions.Unbind(_readOnly, this);
            else
                life.Tracker.Unbind(_session, this);
            using (life.Replica.Lock.EnterRead())
                life.Replica.State.Watches.RemoveAll(this);
        }
        connection.CloseBySilo();
        life.Forget(this);
    }

    private async Task<bool> TryConnectAsync(ConnectMessage connect)
    {
        if (connect.LastZxid > life.Replica.LastZxid)
            await CatchUpAsync();
        if (connect.LastZxid > life.Replica.LastZxid)
            return false;
        if (await AttachAsync(connect) is not { } ticket)
        {
            Refuse();
            return false;
        }
        _caller = new Caller(ticket.SessionId, ticket.AttachZxid, []);
        _session = life.Tracker.Bind(ticket.SessionId, ticket.AttachZxid, this);
        if (_session is null)
        {
            if (!IsOpen(ticket.SessionId))
                Refuse();
            return false;
        }
        _outbox.Add(new ConnectedMessage(ticket, _heardAt));
        Flush();
        return true;
    }

    private async Task CatchUpAsync()
    {
        using var timeout = life.ConnectTimeout();
        try
        {
            await life.Tail.SyncAsync(timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or LogUnavailableException)
        {
            // It tries another silo, or this one again.
        }
    }

    private async Task<SessionTicket?> AttachAsync(ConnectMessage connect)
    {
        var opening = new SessionOpening(connect.TimeoutMilliseconds, life.Replica.Identity);
        if (connect.SessionId != 0)
            return await life.Sessions.AttachAsync(connect.SessionId, connect.Password, opening);
        return await life.Sessions.OpenAsync(life.NextSessionId, opening);
    }

    private bool IsOpen(long sessionId)
    {
        using (life.Replica.Lock.EnterRead())
            return life.Replica.State.Sessions.ContainsKey(sessionId);
    }

    private void Refuse()
    {
        _outbox.Add(new ConnectedMessage(null, _heardAt));
        Flush();
    }

    private async Task ServeAsync()
    {
        while (!_isEnded)
        {
            // What a client sent before it was gone is carried out.
            if (_received.Count == 0 && _isLost)
                return;
            if (_received.Count == 0)
            {
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await _arrived.Task;
                continue;
            }
            if (life.Tracker.MayServe(life.Tracker.Now) == IsReadOnly || ShowsWhatIsLost)
                return;
            _session!.Touch(life.Tracker.Now);
            _heardAt = life.World.Simulator.Now;
            if (!IsReadOnly)
                SubmitWrites();
            if (_received.TryPeek(out var next) && !await TryAnswerAsync(next))
                return;
        }
    }

    private void SubmitWrites()
    {
        var writes = new List<WriteRequest>();
        while (_received.TryPeek(out var next) && next.Kind == RequestKind.Write)
            writes.Add(WriteOf(_received.Dequeue()));
        if (writes.Count == 0)
            return;
        _outstanding += writes.Count;
        life.Pipeline.Submit(writes.ToArray());
    }

    private ConnectionWrite WriteOf(ClientRequest request) => new(this, _caller, request, _heardAt)
    {
        Once = life.World.Mutations.NumberOf(request, _caller.SessionId, life.Replica.State),
    };

    // False where the connection is over.
    private async Task<bool> TryAnswerAsync(ClientRequest request)
    {
        if (life.World.Mutations.AwaitsWrites)
            await WaitUntilAnsweredAsync();
        if (_isEnded)
            return false;
        _received.Dequeue();
        if (IsReadOnly && IsRefusedReadOnly(request.Kind))
        {
            _outbox.Add(new AnswerMessage(request, ErrorCode.NotReadOnly, life.Replica.LastZxid, string.Empty, 0, _heardAt));
            Flush();
            return true;
        }
        switch (request.Kind)
        {
            case RequestKind.Sync:
                await life.Tail.SyncAsync(default);
                Answer(request);
                return true;
            case RequestKind.CloseSession:
                _isClosingSession = true;
                if (_readOnly is not null)
                    life.ReadOnlySessions.Close(_readOnly);
                else
                    await life.Sessions.CloseAsync(_caller.SessionId, _caller.AttachZxid);
                _outbox.Add(new AnswerMessage(request, ErrorCode.Ok, life.Replica.LastZxid, string.Empty, 0, _heardAt));
                return false;
            default:
                while (!IsSettled(request))
                {
                    life.World.Referee.Seen.Unsettled++;
                    await life.Replica.WhenSettledAsync(default);
                }
                Answer(request);
                return !_isEnded;
        }
    }

    // Between this and the answer to the request nobody else takes a step.
    private bool IsSettled(ClientRequest request)
    {
        var state = life.Replica.State;
        if (!state.IsBetween || request.Kind == RequestKind.Ping || !life.World.Mutations.AwaitsSettled)
            return true;
        return request.Kind != RequestKind.RenewWatches && state.IsSettled(Encoding.UTF8.GetBytes(request.Path));
    }

    private void Answer(ClientRequest request)
    {
        using (life.Replica.Lock.EnterRead())
        {
            _isAnsweringReads = true;
            var state = life.Replica.State;
            byte[] path = Encoding.UTF8.GetBytes(request.Path);
            var node = state.Tree.Find(path);
            var error = ErrorCode.Ok;
            string text = string.Empty;
            switch (request.Kind)
            {
                case RequestKind.RenewWatches:
                    foreach (var (kind, watched) in request.Renewals)
                        state.Watches.Renew(state.Tree, this, request.RelativeZxid, kind, Encoding.UTF8.GetBytes(watched));
                    break;
                case RequestKind.Exists:
                    error = node is null ? ErrorCode.NoNode : ErrorCode.Ok;
                    text = ZnodeView.DataOf(node);
                    if (request.Watches)
                        state.Watches.Add(WatchKind.Data, path, this);
                    break;
                case RequestKind.GetData or RequestKind.GetChildren:
                    bool isData = request.Kind == RequestKind.GetData;
                    error = node is null ? ErrorCode.NoNode : ErrorCode.Ok;
                    text = isData ? ZnodeView.DataOf(node) : ZnodeView.ChildrenOf(node);
                    if (request.Watches && node is not null)
                        state.Watches.Add(isData ? WatchKind.Data : WatchKind.Children, path, this);
                    break;
            }
            _outbox.Add(new AnswerMessage(request, error, state.LastZxid, text, node?.Stat.Version ?? -1, _heardAt));
            _isAnsweringReads = false;
        }
        Flush();
    }

    private Task WaitUntilAnsweredAsync()
    {
        if (_outstanding == 0)
            return Task.CompletedTask;
        _answeredAll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _answeredAll.Task;
    }

    private void Flush()
    {
        foreach (object message in _outbox)
            connection.SendToClient(message);
        _outbox.Clear();
    }

    private void EndSoon()
    {
        _isEnded = true;
        life.Process.ScheduleSoon(() => _arrived?.TrySetResult());
    }

    private void CallAfterApply()
    {
        if (_isAnsweringReads || _isInAfterApply)
            return;
        _isInAfterApply = true;
        life.Replica.CallAfterApply(this);
    }
}
