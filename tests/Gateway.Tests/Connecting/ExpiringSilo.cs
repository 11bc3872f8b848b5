using Coordination.Testing;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>A silo whose sessions expire soon.</summary>
public sealed class ExpiringSilo() : RunningSilo(new SiloOptions { TickTime = TickTime })
{
    public static readonly TimeSpan TickTime = TimeSpan.FromMilliseconds(400);
}
