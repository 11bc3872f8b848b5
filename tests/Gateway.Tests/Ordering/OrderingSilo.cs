using Coordination.Testing;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>A silo with a tick long enough that no session ends before its test.</summary>
public sealed class OrderingSilo() : RunningSilo(new SiloOptions { TickTime = TimeSpan.FromSeconds(2) });
