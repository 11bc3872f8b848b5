using Coordination.Protocol;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Clients;

/// <summary>A client: keeps a session, goes from silo to silo with it, and asks for this and that.</summary>
internal sealed class SimulatedClient
{
    private const double AgainWithoutNeed = 0.05;

    private readonly World _world;
    private readonly Simulator _simulator;
    private readonly Workload _workload;
    private readonly Queue<ClientRequest> _underWay = new();
    private readonly ClientWatches _watches;
    private readonly int _timeoutMilliseconds;
    private readonly bool _canBeReadOnly;
    private byte[] _password = [];
    private Connection? _connection;
    private TimeSpan _lastHeard;
    private int _lastCxid;
    private NumberedWrites _numbered;
    private bool _mayNumber;
    private bool _isConnected;
    private bool _isClosing;
    private bool _isLocal;

    public SimulatedClient(World world, string name)
    {
        _world = world;
        _simulator = world.Simulator;
        Process = new SimulatedProcess(_simulator, name, TimeSpan.Zero);
        _watches = new ClientWatches(_simulator, world.Referee.History, name);
        _workload = new Workload(_simulator.Random, world.Shape.LongShare);
        _numbered = new NumberedWrites(_simulator.Random);
        _canBeReadOnly = _simulator.Happens(world.Shape.ReadOnlyShare);
        _timeoutMilliseconds = (int)_simulator.Between(world.Shape.LeastTimeout, world.Shape.MostTimeout).TotalMilliseconds;
    }

    public SimulatedProcess Process { get; }

    /// <summary>Whether it is served no more than reads.</summary>
    public bool IsReadOnly { get; private set; }

    public string Name => Process.Name;

    /// <summary>The session; 0 while it has none.</summary>
    public long SessionId { get; private set; }

    /// <summary>The attachment.</summary>
    public long AttachZxid { get; private set; }

    /// <summary>The last zxid that it was shown.</summary>
    public long LastZxid { get; private set; }

    /// <summary>When a write was last acknowledged that it had sent not long before.</summary>
    public TimeSpan LastWrite { get; private set; }

    /// <summary>Begins.</summary>
    public void Start()
    {
        Process.ScheduleSoon(Connect);
        Process.ScheduleSoon(Think);
        Process.ScheduleSoon(Ping);
    }

    /// <summary>A message has come.</summary>
    public void Receive(Connection connection, object message)
    {
        if (connection != _connection)
            return;
        _lastHeard = _simulator.Now;
        switch (message)
        {
            case ConnectedMessage connected:
                Take(connected);
                break;
            case EventMessage told:
                Take(told);
                break;
            case AnswerMessage answer:
                Take(answer);
                break;
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Lose(Connection connection)
    {
        if (connection != _connection)
            return;
        _connection = null;
        _isConnected = false;
        _underWay.Clear();
        Process.Schedule(_simulator.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100)), Connect);
    }

    /// <summary>The network breaks its connection.</summary>
    public void Break() => _connection?.Break();

    /// <summary>It is gone for good.</summary>
    /// <param name="isTold">Whether its machine lives, and closes its connection.</param>
    public void Die(bool isTold)
    {
        _simulator.Tell($"{Name}: dies with session {SessionId:x}");
        if (isTold)
            _connection?.CloseByClient();
        Process.Kill();
    }

    private void Connect()
    {
        if (_connection is not null)
            return;
        _lastHeard = _simulator.Now;
        if (_world.PickSilo() is not { } silo)
        {
            Process.Schedule(TimeSpan.FromMilliseconds(50), Connect);
            return;
        }
        _connection = new Connection(_world, this, silo);
        _connection.Open();
        _connection.SendToSilo(new ConnectMessage(SessionId, _password, _timeoutMilliseconds, LastZxid, _canBeReadOnly));
    }

    private void Take(ConnectedMessage connected)
    {
        if (connected.Ticket is not { } ticket)
        {
            _simulator.Tell($"{Name}: session {SessionId:x} has expired");
            // One that is in no log ends with its silo's troubles.
            if (!_isLocal)
                _world.Referee.ToldExpired(this);
            ForgetSession();
            LetGo();
            return;
        }
        _simulator.Tell($"{Name}: session {ticket.SessionId:x} attached by {ticket.AttachZxid:x} to {_connection!.Life.Name}");
        if (SessionId != 0)
            _world.Referee.Seen.Reconnects++;
        SessionId = ticket.SessionId;
        AttachZxid = ticket.AttachZxid;
        _password = ticket.Password;
        _isConnected = true;
        _isClosing = false;
        IsReadOnly = connected.IsReadOnly;
        _isLocal = connected.IsLocal;
        if (IsReadOnly)
            _world.Referee.Seen.ReadOnlySessions++;
        else
            _world.Referee.Attached(this, ticket, connected.HeardAt);
        if (_watches.Count > 0)
        {
            Ask(new ClientRequest
            {
                Cxid = 0,
                Kind = RequestKind.RenewWatches,
                RelativeZxid = LastZxid,
                Renewals = _watches.Renewals(),
            });
        }
        if (!_mayNumber)
            Ask(new ClientRequest { Cxid = 0, Kind = RequestKind.GetData, Path = ExtensionList.Path });
        foreach (var request in _numbered.ToSendAgain())
            Ask(request);
        foreach (var request in _workload.Beginning())
            Ask(request);
    }

    private void Take(EventMessage told)
    {
        _world.Referee.Seen.Events++;
        _watches.Fired(told);
    }

    private void Take(AnswerMessage answer)
    {
        if (!_underWay.TryDequeue(out var request) || request != answer.Request)
        {
            _simulator.Fail(new SimulationFailure($"{Name} waits for the answer to {request}, and gets {answer}"));
            return;
        }
        _world.Referee.Answered(this, request, answer);
        if (request.Once.IsGiven)
            _numbered.Answered(request, answer.Error);
        // What is listed may be used on every silo, and stays.
        _mayNumber |= request.Path == ExtensionList.Path
            && answer.Text.Contains($"{Extension.Once.Name} ", StringComparison.Ordinal);
        if (answer.Error is ErrorCode.SystemError or ErrorCode.SessionMoved or ErrorCode.SessionExpired or ErrorCode.NotReadOnly)
            return;
        if (request.Kind == RequestKind.RenewWatches)
            _watches.Renewed(request, answer.Zxid);
        _watches.ShownAsOf(answer.Zxid, $"{request.Kind} {request.Path}");
        if (request.Watches && (answer.Error == ErrorCode.Ok || request.Kind == RequestKind.Exists))
        {
            _watches.Set(
                request.Kind == RequestKind.GetChildren, request.Path, answer.Error == ErrorCode.Ok, answer.Zxid);
        }
        LastZxid = Math.Max(LastZxid, answer.Zxid);
        _workload.Learn(request, answer);
        if (request.Kind == RequestKind.Write && answer.Error == ErrorCode.Ok)
            LastWrite = request.SentAt;
        if (request.Kind == RequestKind.CloseSession)
        {
            ForgetSession();
            LetGo();
        }
    }

    private void Think()
    {
        Process.Schedule(_simulator.Between(TimeSpan.Zero, 2 * _world.Shape.Thinking), Think);
        if (!_isConnected || _isClosing || _underWay.Count >= _world.Shape.MostUnderWay)
            return;
        int requests = _simulator.Random.Next(1, 4);
        while (requests-- > 0 && !_isClosing)
            Ask(NextRequest());
        if (!_isClosing && _simulator.Happens(AgainWithoutNeed) && _numbered.OneToSendAgain() is { } again)
            Ask(again);
    }

    // Nobody asks to close a session of the log where that is refused.
    private ClientRequest NextRequest()
    {
        var next = _workload.Next();
        return IsReadOnly && !_isLocal && next.Kind == RequestKind.CloseSession
            ? new ClientRequest { Cxid = 0, Kind = RequestKind.Ping }
            : NumberSome(next);
    }

    private ClientRequest NumberSome(ClientRequest request) =>
        request.Kind == RequestKind.Write && _mayNumber && _simulator.Happens(_world.Shape.NumberedShare)
            ? _numbered.Number(request)
            : request;

    private void Ping()
    {
        var timeout = TimeSpan.FromMilliseconds(_timeoutMilliseconds);
        Process.Schedule(timeout / 6, Ping);
        if (_connection is null)
            return;
        if (_simulator.Now - _lastHeard > timeout * 2 / 3)
        {
            LetGo();
            return;
        }
        if (_isConnected && !_isClosing)
            Ask(new ClientRequest { Cxid = 0, Kind = RequestKind.Ping });
    }

    private void Ask(ClientRequest request)
    {
        request = request with
        {
            Cxid = ++_lastCxid,
            Floor = _world.Referee.Floor,
            SentAt = _simulator.Now,
        };
        if (request.Kind == RequestKind.CloseSession)
        {
            _isClosing = true;
            if (!_isLocal)
                _world.Referee.History.Sessions[SessionId].IsGivenUp = true;
        }
        _world.Referee.Asked(this, request);
        _underWay.Enqueue(request);
        _connection!.SendToSilo(request);
    }

    private void LetGo()
    {
        if (_connection is not { } connection)
            return;
        connection.CloseByClient();
        Lose(connection);
    }

    private void ForgetSession()
    {
        SessionId = 0;
        LastZxid = 0;
        _password = [];
        _lastCxid = 0;
        _watches.Clear();
        _numbered = new NumberedWrites(_simulator.Random);
        _isLocal = false;
    }
}
