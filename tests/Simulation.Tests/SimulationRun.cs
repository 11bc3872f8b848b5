using Coordination.Simulation.Tests.Faults;
using Coordination.Simulation.Tests.Mutating;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Simulation.Tests.Silos;

namespace Coordination.Simulation.Tests;

/// <summary>One run: trouble, then peace, then the checks that need it.</summary>
internal sealed record SimulationRun(int Seed, SimulationShape Shape, IReadOnlyList<Fault> Faults, Mutations Mutations)
{
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(1);

    /// <summary>The run of a seed.</summary>
    public static SimulationRun Of(int seed, Mutations? mutations = null)
    {
        var random = new Random(seed);
        var shape = SimulationShape.Of(random);
        return new SimulationRun(seed, shape, FaultPlan.Of(random, shape), mutations ?? Mutations.None);
    }

    /// <summary>Runs it.</summary>
    public SimulationOutcome Play()
    {
        using var world = new World(Seed, Shape, Mutations);
        world.Start(Faults);
        world.Simulator.RunUntil(Shape.Trouble);
        world.MakePeace();
        world.Simulator.RunUntil(Shape.Trouble + Shape.Peace);
        CheckProgress(world);
        Silence(world);
        world.Simulator.RunUntil(world.Simulator.Now + Shape.MostTimeout + Shape.Lease + 2 * Shape.Tick + _settling);
        CheckSessions(world);
        world.Simulator.RunUntil(world.Simulator.Now + _settling);
        CheckEnd(world);
        return new SimulationOutcome(
            world.Simulator.Failure, world.Simulator.Trace, world.Referee.Seen, world.Simulator.Now, world.Simulator.Steps);
    }

    // Whoever is there has written something that was asked for when the trouble had long been over.
    private void CheckProgress(World world)
    {
        var simulator = world.Simulator;
        foreach (var client in world.Clients)
        {
            simulator.Check(
                client.LastWrite > Shape.Trouble + Shape.Peace / 2,
                () => $"{client.Name} has written nothing since {client.LastWrite.TotalMilliseconds} ms");
        }
    }

    private static void Silence(World world)
    {
        foreach (var client in world.Clients)
            client.Process.PauseUntil(TimeSpan.MaxValue);
    }

    // Nobody has been heard for the longest timeout.
    private static void CheckSessions(World world)
    {
        foreach (var session in world.Referee.History.State.Sessions.Values)
        {
            world.Simulator.Fail(new SimulationFailure(
                $"session {session.Id:x} with a timeout of {session.TimeoutMilliseconds} ms is still open; "
                + string.Join(", ", world.Silos.Select(silo => $"{silo.Name}: {Answerable(silo, session.Id)}"))));
        }
    }

    private static string Answerable(SiloLife silo, long session) =>
        silo.Tracker.Find(session) is not { } tracked ? "does not answer for it"
        : $"heard it {silo.Tracker.Now - tracked.LastHeard} ms ago, {silo.Pipeline.RequestsInFlight} requests in flight, "
            + $"{(tracked.Connection is { IsOwedAnAnswer: true } ? "owes" : "owes nothing")}"
            + string.Concat(silo.Tracker.Expiries.Where(expiry => expiry.Key == session).Select(
                expiry => $", and it ends in {expiry.Value - silo.Tracker.Now} ms"));

    private void CheckEnd(World world)
    {
        var simulator = world.Simulator;
        simulator.Check(
            world.Silos.Count() == Shape.Silos && world.Silos.All(silo => silo.IsListening), () => "a silo does not come back");
        if (simulator.Failure is not null)
            return;
        foreach (var silo in world.Silos)
        {
            simulator.Check(
                silo.Replica.Tail == world.Database.Tail,
                () => $"{silo.Name} is at row {silo.Replica.Tail.Position} of {world.Database.Tail.Position}");
        }
        simulator.Check(
            world.Silos.Min(silo => silo.Level) == world.Referee.History.FormatLevel,
            () => $"the format level is {world.Referee.History.FormatLevel}, and all read {world.Silos.Min(silo => silo.Level)}");
        world.Referee.CheckRefused();
        world.Referee.CheckCheckpoint(world.Database);
    }
}
