namespace Coordination.Simulation.Tests.Scheduling;

/// <summary>Something that is to happen.</summary>
/// <param name="Process">Whose step it is; null for nobody's.</param>
/// <param name="Action">What is done.</param>
internal readonly record struct ScheduledStep(SimulatedProcess? Process, Action Action);
