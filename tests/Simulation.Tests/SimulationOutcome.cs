using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests;

/// <summary>What came of a run.</summary>
/// <param name="Failure">The promise that it broke; null for none.</param>
/// <param name="Trace">What happened.</param>
/// <param name="Seen">How much of what is checked has happened.</param>
/// <param name="Length">How long it was, in virtual time.</param>
/// <param name="Steps">How many steps it took.</param>
internal sealed record SimulationOutcome(
    SimulationFailure? Failure, IReadOnlyList<string> Trace, SeenCounts Seen, TimeSpan Length, long Steps);
