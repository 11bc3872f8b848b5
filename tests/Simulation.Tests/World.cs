using Coordination.Engine.Log;
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
    private static readonly TimeSpan _longestWay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestEnding = TimeSpan.FromSeconds(2);

    private readonly MeterFactory _meters = new();
    private readonly SiloLife?[] _silos;
    private readonly SimulatedClient[] _clients;
    private readonly int[] _lives;
    private readonly bool[] _isOlder;
    private long _lastId;
    private int _lastClient;
    private bool _isPeace;

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
        Referee.Raised += CheckReaders;
        _silos = new SiloLife?[shape.Silos];
        _lives = new int[shape.Silos];
        _isOlder = new bool[shape.Silos];
        Array.Fill(_isOlder, true);
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
        _isPeace = true;
        Weather.Clear();
        foreach (var silo in Silos)
            silo.Process.Wake();
        foreach (var client in _clients)
            client.Process.Wake();
    }

    /// <summary>A silo that a client tries next: perhaps one that is not there.</summary>
    public SiloLife? PickSilo() => _silos[Simulator.Random.Next(_silos.Length)];

    public long NextId() => ++_lastId;

    /// <summary>The format level that the next life of a silo reads: some are of the version before, until they are
    /// replaced; none is once it cannot be.</summary>
    public int LevelOfNext(int silo)
    {
        if (Referee.History.FormatLevel == LogFormat.CurrentLevel || Simulator.Happens(0.5))
            _isOlder[silo] = false;
        return _isOlder[silo] ? LogFormat.FirstLevel : LogFormat.CurrentLevel;
    }

    /// <summary>Ends every process.</summary>
    public void Dispose()
    {
        foreach (var silo in Silos)
            silo.Process.Kill();
        _meters.Dispose();
    }

    // Whoever had entered before any of those that are there looked last was seen by all; but by what was seen before it
    // set out is a raise decided, and it is on its way for as long as the database is away. One that comes meanwhile ends
    // when it reads it. One that was taken off for dead is not waited for.
    private void CheckReaders(int level)
    {
        var identities = Database.Silos.Select(record => record.Identity).ToHashSet();
        var entered = Silos.Where(silo => silo.EnteredAt is not null && identities.Contains(silo.Replica.Identity)).ToList();
        if (entered.Count == 0)
            return;
        var looked = entered.Min(silo => silo.LookedAt) - _longestWay;
        foreach (var silo in entered.Where(silo => silo.Level < level))
        {
            Simulator.Check(
                silo.EnteredAt >= looked, () => $"the format level {level} is in force, of which {silo.Name} cannot read");
        }
    }

    private void StartSilo(int silo)
    {
        var life = new SiloLife(this, silo, $"silo {silo}.{++_lives[silo]}");
        _silos[silo] = life;
        Simulator.Tell($"{life.Name}: starts");
        // What has not failed of it goes on until the process ends.
        life.Start(failure => Simulator.Schedule(
            Simulator.Between(TimeSpan.Zero, _longestEnding), null, () => EndSilo(life, failure, isTold: true)));
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

    // Everything that anybody has of what is lost is of no more use: clients start anew, as they have to; silos find out.
    private void Restore(DatabaseBackup backup)
    {
        if (_isPeace)
            return;
        Simulator.Tell($"the database is restored from row {Database.Tail.Position} to row {backup.Rows.Count}");
        if (Simulator.Happens(0.5))
            Weather.TakeDown(Simulator.Between(TimeSpan.Zero, 2 * Shape.Lease));
        Database.Restore(backup);
        Referee.Restored(backup.Rows);
        for (int client = 0; client < _clients.Length; client++)
            ReplaceClient(client);
    }

    private void ReplaceClient(int client)
    {
        _clients[client].Die(Simulator.Happens(0.5));
        StartClient(client);
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
            case FaultKind.RestoreDatabase:
                var backup = Database.Keep();
                Simulator.Schedule(fault.Length, null, () => Restore(backup));
                break;
            case FaultKind.BreakConnection:
                _clients[client].Break();
                break;
            case FaultKind.PauseClient:
                _clients[client].Process.PauseUntil(Simulator.Now + fault.Length);
                break;
            case FaultKind.CrashClient:
                ReplaceClient(client);
                break;
        }
    }
}
