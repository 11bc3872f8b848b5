using Coordination.Simulation.Tests.Clients;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Simulation.Tests.Silos;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A connection from a client to a silo: what is sent arrives late, in order, or not at all behind a break.</summary>
internal sealed class Connection
{
    private readonly World _world;
    private readonly SimulatedProcess _siloProcess;
    private readonly Direction _toSilo = new();
    private readonly Direction _toClient = new();

    public Connection(World world, SimulatedClient client, SiloLife silo)
    {
        _world = world;
        Client = client;
        Life = silo;
        _siloProcess = silo.Process;
    }

    public SimulatedClient Client { get; }

    public SiloLife Life { get; }

    /// <summary>The silo's end; null until it has accepted.</summary>
    public ServedConnection? Silo { get; set; }

    /// <summary>Opens it: the silo accepts, or is not there.</summary>
    public void Open()
    {
        if (_siloProcess.IsDead || !Life.IsListening)
            BreakToClient(Latency());
        else
            Life.Accept(this);
    }

    public void SendToSilo(object message) => Send(_toSilo, _siloProcess, () => Silo?.Receive(message));

    public void SendToClient(object message) => Send(_toClient, Client.Process, () => Client.Receive(this, message));

    /// <summary>The client lets go of it; the silo learns of that behind all that was sent.</summary>
    public void CloseByClient() => Send(_toSilo, _siloProcess, () => Silo?.Lose());

    /// <summary>The silo lets go of it.</summary>
    public void CloseBySilo() => Send(_toClient, Client.Process, () => Client.Lose(this));

    /// <summary>The network breaks it: each side learns of that some day, and some of what was on its way arrives.</summary>
    public void Break()
    {
        var simulator = _world.Simulator;
        Cut(_toSilo);
        Cut(_toClient);
        BreakToClient(simulator.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        simulator.Schedule(
            simulator.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)), _siloProcess, () => Silo?.Lose());
    }

    /// <summary>The silo's process is gone; its machine says so, or is gone too.</summary>
    public void SiloDied(bool isTold)
    {
        Cut(_toClient);
        if (isTold)
            BreakToClient(Latency());
    }

    private void BreakToClient(TimeSpan delay) =>
        _world.Simulator.Schedule(delay, Client.Process, () => Client.Lose(this));

    private void Cut(Direction direction) =>
        direction.Last = Math.Min(direction.Last, _world.Simulator.Random.NextInt64(direction.Arrived, direction.Sent + 1));

    private void Send(Direction direction, SimulatedProcess to, Action arrive)
    {
        var simulator = _world.Simulator;
        long number = ++direction.Sent;
        var arrival = simulator.Now + Latency();
        if (arrival < direction.LastArrival)
            arrival = direction.LastArrival;
        direction.LastArrival = arrival;
        simulator.Schedule(arrival - simulator.Now, to, () =>
        {
            direction.Arrived = number;
            if (number <= direction.Last)
                arrive();
        });
    }

    private TimeSpan Latency() => _world.Simulator.Between(_world.Shape.NetworkLatency / 10, _world.Shape.NetworkLatency);

    private sealed class Direction
    {
        public long Sent { get; set; }

        public long Arrived { get; set; }

        public long Last { get; set; } = long.MaxValue;

        public TimeSpan LastArrival { get; set; }
    }
}
