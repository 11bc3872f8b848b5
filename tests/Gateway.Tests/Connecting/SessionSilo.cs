using Coordination.Testing;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>A silo whose session timeouts are 1 to 10 seconds.</summary>
public sealed class SessionSilo() : RunningSilo(new SiloOptions { TickTime = TickTime })
{
    public static readonly TimeSpan TickTime = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan LeastTimeout = 2 * TickTime;
    public static readonly TimeSpan GreatestTimeout = 20 * TickTime;
}
