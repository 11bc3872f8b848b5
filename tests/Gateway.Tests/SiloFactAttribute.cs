using Coordination.Testing;

namespace Coordination.Gateway.Tests;

/// <summary>A fact about what the silo does in a way of its own, or has an option for.</summary>
/// <remarks>The others hold for Apache ZooKeeper too, and can be tried against it: see tests/Testing/zookeeper.sh.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SiloFactAttribute : FactAttribute
{
    public SiloFactAttribute()
    {
        if (SiloExecutable.StandIn is not null)
            Skip = "is about the silo's own ways, and COORDINATION_TEST_COMMAND names another server";
    }
}
