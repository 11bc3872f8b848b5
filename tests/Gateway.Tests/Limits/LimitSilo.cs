using Coordination.Testing;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>A silo with the limits that it has unless told otherwise.</summary>
public sealed class LimitSilo() : RunningSilo(new SiloOptions { TickTime = TimeSpan.FromSeconds(2) });
