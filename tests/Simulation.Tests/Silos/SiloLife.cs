using Coordination.Gateway;
using Coordination.Gateway.Serving;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Sweeping;
using Coordination.Grains.Writing;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Database;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>One life of a silo: a process with everything that a silo is made of, put together as the silo does it.</summary>
internal sealed class SiloLife
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestPiece = TimeSpan.FromMilliseconds(10);

    private readonly List<ServedConnection> _connections = [];
    private readonly DatabaseLink _link;
    private readonly SimulatedLog _log;
    private readonly SiloLease _lease;
    private readonly SimulatedSiloTable _silos;
    private IReadOnlyList<SiloRecord> _entered = [];
    private int _number;
    private long _lastSession;

    /// <summary>Makes a life; <see cref="Start"/> begins it.</summary>
    /// <param name="world">The run that it is in.</param>
    /// <param name="silo">Which silo, from 0.</param>
    /// <param name="name">What the trace calls it.</param>
    public SiloLife(World world, int silo, string name)
    {
        World = world;
        Silo = silo;
        Process = new SimulatedProcess(
            world.Simulator, name, world.Simulator.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)));
        Level = world.LevelOfNext(silo);
        _link = new DatabaseLink(Process, world.Weather, silo);
        _silos = new SimulatedSiloTable(world.Database, _link);
        _lease = new SiloLease(world.Shape.Lease);
        _log = world.Mutations.MakeLog(world.Database, _link);
    }

    public World World { get; }

    /// <summary>What it is for the others.</summary>
    public SiloRole Role => Silo < World.Shape.Silos - World.Shape.Observers ? SiloRole.Participant : SiloRole.Observer;

    public int Silo { get; }

    public string Name => Process.Name;

    public SimulatedProcess Process { get; }

    public Replica Replica { get; private set; } = null!;

    public SessionTracker Tracker { get; private set; } = null!;

    public WritePipeline Pipeline { get; private set; } = null!;

    public SiloWriter Writer { get; private set; } = null!;

    public LogTailReader Tail { get; private set; } = null!;

    public SessionWriter SessionWriter { get; private set; } = null!;

    public SessionCalls Sessions { get; private set; } = null!;

    /// <summary>Whom it serves.</summary>
    public ServingState Serving { get; private set; } = null!;

    /// <summary>The sessions that it serves read-only.</summary>
    public ReadOnlySessions ReadOnlySessions { get; private set; } = null!;

    /// <summary>The highest format level that it reads: that of the version before, or of this one.</summary>
    public int Level { get; }

    /// <summary>When it entered; null until then.</summary>
    public TimeSpan? EnteredAt { get; private set; }

    /// <summary>When it last looked who is entered.</summary>
    public TimeSpan LookedAt => _silos.LookedAt;

    /// <summary>Whether it takes connections.</summary>
    public bool IsListening { get; private set; }

    /// <summary>The connections that it serves.</summary>
    public IReadOnlyList<ServedConnection> Connections => _connections;

    /// <summary>Begins the life.</summary>
    /// <param name="ended">Called when it ends by itself, with what it failed by.</param>
    public void Start(Action<Exception> ended) => Process.ScheduleSoon(() => _ = RunAsync(ended));

    /// <summary>A connection has come.</summary>
    public void Accept(Connection connection)
    {
        var served = new ServedConnection(this, connection);
        _connections.Add(served);
        connection.Silo = served;
    }

    public void Forget(ServedConnection connection) => _connections.Remove(connection);

    /// <summary>A session id that no other silo gives out.</summary>
    public long NextSessionId() => ((long)_number << 56) | World.NextId() << 16 | ++_lastSession;

    public byte[] MakeRandom(int length)
    {
        byte[] bytes = new byte[length];
        World.Simulator.Random.NextBytes(bytes);
        return bytes;
    }

    public CancellationTokenSource ConnectTimeout() => new(_connectTimeout, Process.Time);

    private async Task RunAsync(Action<Exception> ended)
    {
        try
        {
            await LoadAsync();
            await await Task.WhenAny(StartParts());
            throw new InvalidOperationException("a part of the silo has ended");
        }
        catch (Exception e)
        {
            IsListening = false;
            if (e is LogHistoryChangedException or SiloTakenForDeadException)
                Tracker.Leave();
            ended(e);
        }
    }

    private async Task LoadAsync()
    {
        byte[] identity = MakeRandom(16);
        var shape = World.Shape;
        Tracker = World.Mutations.MakeTracker(new Guid(identity), shape.Tick, World.Limit, Process.Time);
        var checkpoint = new SimulatedCheckpoint(World.Database, _link, World.Mutations, World.Referee.Advanced);
        long began = Tracker.Now;
        Replica = await ReplicaLoader.LoadAsync(new Guid(identity), _log, checkpoint, Tracker, default);
        Tracker.FreshUntil(began + (long)World.Limit.Length.TotalMilliseconds);
        Replica.Lock.LettingReadersIn = LetOthersIn;
        CheckLevel();
        World.Referee.Loaded(this);
        Replica.RowApplied += row =>
        {
            World.Referee.Applied(this, row);
            CheckLevel();
        };
        long asked = Tracker.Now;
        var entry = new SiloEntry(
            Replica.Identity, $"10.0.0.{1 + Silo}:2181", Role, World.Mutations.DeclaredLevel(Level));
        _number = await _silos.EnterAsync(entry, default);
        EnteredAt = World.Simulator.Now;
        Tracker.ServeUntil(_lease.EndOfService(asked));
        Tracker.Reached(asked);
        _entered = await _silos.ReadAsync(default);
    }

    // As a program of the version before, which cannot read what is there.
    private void CheckLevel()
    {
        if (Replica.State.FormatLevel > Level)
            throw new NewerFormatException();
    }

    private Task[] StartParts()
    {
        var time = Process.Time;
        var shape = World.Shape;
        var checkpoint = new SimulatedCheckpoint(World.Database, _link, World.Mutations, World.Referee.Advanced);
        var notices = new SimulatedNotices(Process, World.Notices, World.Weather);
        World.Notices.Add(notices);
        Pipeline = new WritePipeline(Replica, time)
        {
            BeginsEpoch = Role == SiloRole.Participant || World.Mutations.ObserversBeginEpochs,
        };
        Writer = new SiloWriter(Pipeline);
        Tail = new LogTailReader(_log, Replica, Pipeline, time);
        var limits = new SessionLimits(shape.LeastTimeout, shape.MostTimeout);
        SessionWriter = new SessionWriter(Writer, Replica, limits);
        Sessions = new SessionCalls(
            SimulatedGrains.Of(id => new SimulatedSession(id, this)), SessionWriter, _log, Tail, Replica, time);
        var ensemble = new Ensemble(Replica.Identity, World.Mutations.RoleInEnsemble(Role), _entered);
        Serving = new ServingState(Tracker, ensemble, new GatewayOptions());
        ReadOnlySessions = new ReadOnlySessions(Tracker, limits, Replica) { MakeRandom = MakeRandom };
        var pace = new CheckpointPace
        {
            MostAge = shape.CheckpointAge,
            KeptBytes = shape.KeptBytes,
            BytesBehind = 8 * shape.KeptBytes,
            // What a restart applies, and a follower may find trimmed, is to be as old as the seed says.
            Idleness = null,
        };
        var commits = StartCommitting(notices);
        IsListening = true;
        World.Simulator.Tell($"{Name}: serves as {_number}, {Replica.Identity}, at row {Replica.Tail.Position}");
        return
        [
            commits,
            new SiloLiveness(
                _silos, Tail, Replica, Tracker, ensemble, _lease, time,
                NullLogger<SiloLiveness>.Instance).RunAsync(default),
            new LeaseGuard(Tracker, _lease, time, NullLogger<LeaseGuard>.Instance).RunAsync(default),
            new LogFollower(Tail, notices, Replica, Pipeline, Tracker, World.Limit, NullLogger<LogFollower>.Instance)
                .RunAsync(default),
            new ServingWatch(Serving, ReadOnlySessions, time).RunAsync(default),
            new SessionExpiry(Tracker, Sessions, time, NullLogger<SessionExpiry>.Instance).RunAsync(default),
            new Checkpointer(_log, checkpoint, Replica, ensemble, pace, time, NullLogger<Checkpointer>.Instance).RunAsync(default),
            new EnsemblePublisher(ensemble, Replica, Writer, _lease, time, NullLogger<EnsemblePublisher>.Instance).RunAsync(default),
            new ExtensionsPublisher(ensemble, Replica, Writer, _lease, time).RunAsync(default),
            new FormatLevelKeeper(
                ensemble, Replica, Writer, _lease, new FormatLevelLimit(Level), time, NullLogger<FormatLevelKeeper>.Instance)
                .RunAsync(default),
            new Sweeper(
                Replica, Writer, ensemble, new SweepPace { Interval = TimeSpan.FromSeconds(2) }, time,
                NullLogger<Sweeper>.Instance).RunAsync(default),
        ];
    }

    // Between the pieces of a long entry; what comes before the first, and takes no time, nobody needs to get in.
    private void LetOthersIn()
    {
        if (Replica.State.IsBetween)
            SimulatedThread.Current!.Rest(World.Simulator.Between(TimeSpan.Zero, _longestPiece));
    }

    private Task StartCommitting(SimulatedNotices notices)
    {
        var ended = new TaskCompletionSource();
        Process.StartThread(
            thread =>
            {
                var committer = new BatchCommitter(
                    _log, notices, Replica, Pipeline, World.Metrics, NullLogger.Instance, thread.Rest, default);
                while (true)
                {
                    thread.WaitUntil(() => Pipeline.HasWork);
                    Pipeline.TryTake(out var batch);
                    committer.CarryOut(batch);
                }
            },
            failure => ended.SetException(failure!));
        return ended.Task;
    }
}
