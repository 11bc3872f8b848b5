namespace Coordination.Simulation.Tests.Silos;

/// <summary>A silo of the version before has come upon what it cannot read.</summary>
internal sealed class NewerFormatException : Exception;
