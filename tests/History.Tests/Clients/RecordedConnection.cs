using System.Net;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;
using ProtocolViolationException = Coordination.Testing.RawProtocol.ProtocolViolationException;

namespace Coordination.History.Tests.Clients;

/// <summary>A connection that takes down all that is asked and told.</summary>
/// <remarks>It pings, and gives a server up that is silent for two thirds of the session's timeout, as ZooKeeper's client
/// does. Requests come from one caller at a time.</remarks>
internal sealed class RecordedConnection : IAsyncDisposable
{
    private const int SetWatchesXid = -8;
    private const int PingsInTimeout = 4;
    private const int MostKept = 64;

    private readonly RawZooKeeperClient _client;
    private readonly RunHistory _run;
    private readonly List<Task<Operation>> _sent = [];
    private readonly CancellationTokenSource _pinging = new();
    private readonly Task _pings;
    private readonly Task _events;
    private double _lastHeard;

    private RecordedConnection(RawZooKeeperClient client, RunHistory run, ConnectionHistory history)
    {
        _client = client;
        _run = run;
        History = history;
        _lastHeard = run.Now;
        _pings = Task.Run(PingAsync);
        _events = Task.Run(TakeEventsAsync);
    }

    public ConnectionHistory History { get; }

    public bool HasEnded => _client.Ended.IsCompleted;

    public long LastZxidSeen => _client.LastZxidSeen;

    public int LastXid => _client.LastXid;

    public byte[] Password => _client.Password;

    /// <summary>Connects, for a new session or for one that the client has.</summary>
    /// <exception cref="SessionExpiredException">The session is gone.</exception>
    /// <exception cref="ConnectionLostException">The server cannot be reached.</exception>
    /// <exception cref="TimeoutException">The server does not answer.</exception>
    public static async Task<RecordedConnection> OpenAsync(
        IPEndPoint server, ConnectParameters parameters, RunHistory run, SessionHistory? session)
    {
        double asked = run.Now;
        var client = await RawZooKeeperClient.ConnectAsync(server, parameters);
        double answered = run.Now;
        if (session is null)
        {
            session = new SessionHistory(client.SessionId, client.SessionTimeout);
            run.Add(session);
        }
        var history = new ConnectionHistory(session, session.Connections.Count, server.ToString());
        session.Connections.Add(history);
        history.Pings.Enqueue(new HeardAt(asked, answered));
        return new RecordedConnection(client, run, history);
    }

    /// <summary>Sends a request at once. The task ends, without an exception, when it is answered or never will be.</summary>
    public Task<Operation> SendAsync(Request request)
    {
        int xid = request is SetWatchesRequest ? SetWatchesXid : _client.LastXid + 1;
        return SendAsync(new Operation(History, xid, request, _run.Now), request.SendAsync);
    }

    /// <summary>Sends a write under a number, for the first time or again.</summary>
    public Task<Operation> SendAsync(WriteRequest request, WriteNumber number) => SendAsync(
        new Operation(History, _client.LastXid + 1, request, _run.Now) { Number = number },
        client => request.SendAsync(client, number));

    /// <summary>Falls silent, and stays connected.</summary>
    public void StopPinging() => _pinging.Cancel();

    /// <summary>Ends the connection as a network would.</summary>
    public void Cut() => _client.Disconnect();

    public async ValueTask DisposeAsync()
    {
        await _pinging.CancelAsync();
        try
        {
            await _client.DisposeAsync();
        }
        catch (ProtocolViolationException violation)
        {
            _run.AddViolation($"session 0x{History.Session.Id:x} connection {History.Number}: {violation.Message}");
        }
        await Task.WhenAll([_pings, _events, .. _sent]);
        _pinging.Dispose();
    }

    private Task<Operation> SendAsync(Operation operation, Func<RawZooKeeperClient, Task<Answer>> send)
    {
        History.Operations.Add(operation);
        var sent = CompleteAsync(operation, send(_client));
        if (_sent.Count > MostKept)
            _sent.RemoveAll(task => task.IsCompleted);
        _sent.Add(sent);
        return sent;
    }

    private async Task<Operation> CompleteAsync(Operation operation, Task<Answer> pending)
    {
        try
        {
            var answer = await pending;
            operation.Complete(answer, _run.Now);
            Volatile.Write(ref _lastHeard, _run.Now);
        }
        catch (Exception e) when (e is ConnectionLostException or ProtocolViolationException or TimeoutException)
        {
            // Whether it was done is not known. What broke the protocol is reported when the connection is disposed.
        }
        return operation;
    }

    private async Task PingAsync()
    {
        var timeout = History.Session.Timeout;
        using var timer = new PeriodicTimer(timeout / PingsInTimeout);
        try
        {
            while (!HasEnded && await timer.WaitForNextTickAsync(_pinging.Token))
            {
                if (_run.Now - Volatile.Read(ref _lastHeard) > timeout.TotalMilliseconds * 2 / 3)
                    Cut();
                else
                    _ = PingOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // It falls silent, or is done with.
        }
    }

    private async Task PingOnceAsync()
    {
        double sent = _run.Now;
        try
        {
            await _client.PingAsync();
            History.Pings.Enqueue(new HeardAt(sent, _run.Now));
            Volatile.Write(ref _lastHeard, _run.Now);
        }
        catch (Exception e) when (e is ConnectionLostException or ProtocolViolationException)
        {
            // The connection has ended, which others see.
        }
    }

    private async Task TakeEventsAsync()
    {
        await foreach (var told in _client.Notifications.ReadAllAsync())
            History.Events.Add(new ReceivedEvent(told.Type, told.Path, told.Zxid, told.Arrival, _run.Now));
    }
}
