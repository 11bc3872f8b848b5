using Coordination.Grains.Cluster;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Writing;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Clients;
using Coordination.Simulation.Tests.Database;
using Coordination.Simulation.Tests.Faults;
using Coordination.Simulation.Tests.Mutating;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Simulation.Tests.Silos;

namespace Coordination.Simulation.Tests;

/// <summary>Everything in one run: a database, silos, clients, what goes wrong, and the referee.</summary>
internal sealed class World : IDisposable
{
    private readonly MeterFactory _meters = new();
    private readonly SiloLife?[] _silos;
    private readonly SimulatedClient[] _clients;
    private readonly int[] _lives;
    private long _lastId;
    private int _lastClient;

    /// <summary>Makes a world in which nothing has happened yet.</summary>
    public World(int seed, SimulationShape shape, Mutations mutations)
    {
        Shape = shape;
        Limit = new SyncLimit(new SiloLease(shape.Lease).Patience);
        Mutations = mutations;
        Simulator = new Simulator(seed);
        Weather = new DatabaseWeather(Simulator, shape);
        Database = new SimulatedDatabase(Simulator);
        Referee = new Referee(Simulator, Limit.Length);
        Metrics = new CommitMetrics(_meters);
        Database.Appended += Referee.Appended;
        _silos = new SiloLife?[shape.Silos];
        _lives = new int[shape.Silos];
        _clients = new SimulatedClient[shape.Clients];
    }

    public SimulationShape Shape { get; }

    public SyncLimit Limit { get; }

    public Mutations Mutations { get; }

    public Simulator Simulator { get; }

    public DatabaseWeather Weather { get; }

    public SimulatedDatabase Database { get; }

    public Referee Referee { get; }

    public CommitMetrics Metrics { get; }

    public List<SimulatedNotices> Notices { get; } = [];

    /// <summary>The silos that live.</summary>
    public IEnumerable<SiloLife> Silos => _silos.OfType<SiloLife>();

    public IReadOnlyList<SimulatedClient> Clients => _clients;

    /// <summary>Starts the silos and the clients, and lines up what goes wrong.</summary>
    public void Start(IEnumerable<Fault> faults)
    {
        for (int silo = 0; silo < _silos.Length; silo++)
            StartSilo(silo);
        for (int client = 0; client < _clients.Length; client++)
            StartClient(client);
        foreach (var fault in faults)
            Simulator.Schedule(fault.At, null, () => Strike(fault));
    }

    /// <summary>Ends all trouble.</summary>
    public void MakePeace()
    {
        Simulator.Tell($"peace");
        Weather.Clear();
        foreach (var silo in Silos)
            silo.Process.Wake();
        foreach (var client in _clients)
            client.Process.Wake();
    }

    /// <summary>A silo that a client tries next: perhaps one that is not there.</summary>
    public SiloLife? PickSilo() => _silos[Simulator.Random.Next(_silos.Length)];

    public long NextId() => ++_lastId;

    /// <summary>Ends every process.</summary>
    public void Dispose()
    {
        foreach (var silo in Silos)
            silo.Process.Kill();
        _meters.Dispose();
    }

    private void StartSilo(int silo)
    {
        var life = new SiloLife(this, silo, $"silo {silo}.{++_lives[silo]}");
        _silos[silo] = life;
        Simulator.Tell($"{life.Name}: starts");
        life.Start(failure => Simulator.Schedule(TimeSpan.Zero, null, () => EndSilo(life, failure, isTold: true)));
    }

    private void EndSilo(SiloLife life, Exception? failure, bool isTold)
    {
        if (life.Process.IsDead)
            return;
        Simulator.Tell($"{life.Name}: ends: {failure?.GetType().Name ?? "killed"} {failure?.Message}");
        if (failure is not null)
            Simulator.Check(SiloEndings.AreFair(failure), () => $"{life.Name} ends by {failure}");
        life.Process.Kill();
        Notices.RemoveAll(notices => notices.Process == life.Process);
        foreach (var connection in life.Connections)
            connection.Connection.SiloDied(isTold);
        _silos[life.Silo] = null;
        var rest = Simulator.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3));
        Simulator.Schedule(rest, null, () => StartSilo(life.Silo));
    }

    private void StartClient(int client)
    {
        _clients[client] = new SimulatedClient(this, $"client {++_lastClient}");
        _clients[client].Start();
    }

    private void Strike(Fault fault)
    {
        Simulator.Tell($"{fault}");
        int silo = fault.Target % _silos.Length;
        int client = fault.Target % _clients.Length;
        switch (fault.Kind)
        {
            case FaultKind.CrashSilo when _silos[silo] is { } life:
                EndSilo(life, null, Simulator.Happens(0.7));
                break;
            case FaultKind.PauseSilo:
                _silos[silo]?.Process.PauseUntil(Simulator.Now + fault.Length);
                break;
            case FaultKind.CutSilo:
                Weather.Cut(silo, fault.Length);
                break;
            case FaultKind.DisturbSilo:
                Weather.Disturb(silo, fault.Length);
                break;
            case FaultKind.TakeDatabaseDown:
                Weather.TakeDown(fault.Length);
                break;
            case FaultKind.SlowDatabase:
                Weather.Slow(fault.Length);
                break;
            case FaultKind.BreakConnection:
                _clients[client].Break();
                break;
            case FaultKind.PauseClient:
                _clients[client].Process.PauseUntil(Simulator.Now + fault.Length);
                break;
            case FaultKind.CrashClient:
                _clients[client].Die(Simulator.Happens(0.5));
                StartClient(client);
                break;
        }
    }
}
