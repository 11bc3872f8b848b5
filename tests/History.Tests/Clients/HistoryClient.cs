using System.Net;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;
using ProtocolViolationException = Coordination.Testing.RawProtocol.ProtocolViolationException;

namespace Coordination.History.Tests.Clients;

/// <summary>A client that works without a pause, and takes down everything. It goes to another silo when its connection is
/// lost, keeps its session as long as it can, and now and then does what clients do to themselves.</summary>
internal sealed class HistoryClient
{
    private const int MostInFlight = 6;

    private static readonly TimeSpan s_longestConnecting = TimeSpan.FromSeconds(3);
    // Whom no silo takes, since he has seen more of a log than there is left, begins anew in the end.
    private static readonly TimeSpan s_longestRefused = TimeSpan.FromSeconds(15);

    private readonly Random _random;
    private readonly RequestSource _requests;
    private readonly IReadOnlyList<IPEndPoint> _servers;
    private readonly RunHistory _run;
    private readonly ConnectParameters _fresh;
    private ConnectParameters _parameters;
    private SessionHistory? _session;
    private WatchSet _watches = new();
    private NumberedWrites _numbered;
    private bool _areNumbersTaken;

    public HistoryClient(
        string name, int seed, IReadOnlyList<IPEndPoint> servers, RunHistory run, TimeSpan sessionTimeout)
    {
        _random = new Random(seed);
        _requests = new RequestSource(name, _random);
        _numbered = new NumberedWrites(_random);
        _servers = servers;
        _run = run;
        _fresh = new ConnectParameters { SessionTimeout = sessionTimeout, ConnectTimeout = s_longestConnecting };
        _parameters = _fresh;
    }

    /// <summary>Works until it is told to stop, and leaves: by closing its session, or without a word.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        RecordedConnection? connection = null;
        while (!stopping.IsCancellationRequested && (connection ??= await ConnectAsync(stopping)) is { } current)
        {
            var leaving = await WorkAsync(current, stopping);
            // With the old connection still there: what is under way on it has to be fenced off.
            connection = leaving == Leaving.Moving ? await ConnectAsync(stopping) : null;
            await current.DisposeAsync();
            Remember(current);
            if (leaving is Leaving.Closed or Leaving.ForGood)
                Forget(leaving);
        }
        if (connection is not null)
            await connection.DisposeAsync();
        if (_session is not null)
            _session.IsAbandoned = true;
    }

    /// <summary>Asks for one thing, whatever it takes to get it done.</summary>
    public async Task EnsureAsync(CreateRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var connection = await ConnectAsync(cancellationToken)
                ?? throw new OperationCanceledException(cancellationToken);
            var done = await connection.SendAsync(request);
            if (done.Answer is { Outcome: ErrorCode.Ok or ErrorCode.NodeExists })
            {
                await connection.SendAsync(new CloseRequest());
                Forget(Leaving.Closed);
                return;
            }
            Remember(connection);
        }
    }

    // Null where it was told to stop meanwhile.
    private async Task<RecordedConnection?> ConnectAsync(CancellationToken stopping)
    {
        double since = _run.Now;
        while (!stopping.IsCancellationRequested)
        {
            if (_session is not null && _run.Now - since > s_longestRefused.TotalMilliseconds)
                Forget(Leaving.ForGood);
            var server = _servers[_random.Next(_servers.Count)];
            try
            {
                var connection = await RecordedConnection.OpenAsync(server, _parameters, _run, _session);
                _session = connection.History.Session;
                _parameters = _parameters with { SessionId = _session.Id, Password = connection.Password };
                return connection;
            }
            catch (SessionExpiredException)
            {
                _session!.ToldExpiredAt = _run.Now;
                Forget(Leaving.Expired);
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                await Task.Delay(_random.Next(20, 150), CancellationToken.None);
            }
            catch (ProtocolViolationException violation)
            {
                _run.AddViolation($"while connecting to {server}: {violation.Message}");
                await Task.Delay(_random.Next(20, 150), CancellationToken.None);
            }
        }
        return null;
    }

    private async Task<Leaving> WorkAsync(RecordedConnection connection, CancellationToken stopping)
    {
        if (!_watches.IsEmpty)
            _ = connection.SendAsync(new SetWatchesRequest(_parameters.LastZxidSeen, _watches.Copy()));
        _areNumbersTaken = true;
        _numbered.SendAgain(connection);
        var inFlight = new Queue<Task<Operation>>();
        int mostInFlight = _random.Next(1, MostInFlight + 1);
        while (!connection.HasEnded)
        {
            if (stopping.IsCancellationRequested)
            {
                await Task.WhenAll(inFlight);
                return await LeaveAsync(connection, _random.Next(2) == 0 ? 0 : 1);
            }
            inFlight.Enqueue(SendNextAsync(connection));
            if (_random.Next(20) == 0)
                _numbered.SendOneAgain(connection);
            if (inFlight.Count >= mostInFlight)
                Learn(await inFlight.Dequeue());
            if (_random.Next(4) == 0)
                await Task.Delay(_random.Next(30), CancellationToken.None);
            if (_random.Next(400) == 0)
                return await LeaveAsync(connection, _random.Next(12));
        }
        return Leaving.Lost;
    }

    // A cluster with silos of an older version takes no numbers yet: whoever was told so asks again by the next connection.
    private void Learn(Operation operation)
    {
        if (operation is { Number: not null, Answer.Outcome: ErrorCode.Unimplemented })
            _areNumbersTaken = false;
        _requests.Learn(operation);
    }

    private Task<Operation> SendNextAsync(RecordedConnection connection) =>
        _requests.Next() is var request && request is WriteRequest write && _random.Next(3) > 0 && _areNumbersTaken
            ? _numbered.SendAsync(connection, write)
            : connection.SendAsync(request);

    private async Task<Leaving> LeaveAsync(RecordedConnection connection, int way)
    {
        switch (way)
        {
            case 0:
                var closed = await connection.SendAsync(new CloseRequest());
                return closed.Answer is null ? Leaving.Lost : Leaving.Closed;
            case 1:
                connection.Cut();
                return Leaving.ForGood;
            case 2:
                await StaySilentAsync(connection);
                return Leaving.Lost;
            case 3 or 4 or 5:
                PrepareToMove(connection);
                return Leaving.Moving;
            default:
                connection.Cut();
                return Leaving.Lost;
        }
    }

    // Longer than the timeout and what may be added to it: the session has to be gone.
    private async Task StaySilentAsync(RecordedConnection connection)
    {
        connection.StopPinging();
        await Task.Delay(connection.History.Session.Timeout * 1.5, CancellationToken.None);
    }

    private void PrepareToMove(RecordedConnection connection)
    {
        for (int i = 0; i < MostInFlight; i++)
            _ = SendNextAsync(connection);
        _parameters = _parameters with
        {
            LastZxidSeen = Math.Max(_parameters.LastZxidSeen, connection.LastZxidSeen),
            LastXid = connection.LastXid,
        };
    }

    private void Remember(RecordedConnection connection)
    {
        // It may have another by now: the one that it was about to move had expired.
        if (connection.History.Session != _session)
            return;
        _watches = connection.History.WatchesLeft(_watches);
        _parameters = _parameters with
        {
            LastZxidSeen = Math.Max(_parameters.LastZxidSeen, connection.LastZxidSeen),
            LastXid = connection.LastXid,
        };
    }

    private void Forget(Leaving leaving)
    {
        if (leaving == Leaving.ForGood)
            _session!.IsAbandoned = true;
        _session = null;
        _parameters = _fresh;
        _watches = new WatchSet();
        _numbered = new NumberedWrites(_random);
    }
}
