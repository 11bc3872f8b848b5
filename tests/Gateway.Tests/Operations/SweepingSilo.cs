using Coordination.Testing;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>A silo that looks for unused containers and expired znodes all the time.</summary>
public sealed class SweepingSilo() : RunningSilo(new SiloOptions
{
    TickTime = TimeSpan.FromSeconds(2),
    Arguments = ["--container-check-interval", "20"],
});
