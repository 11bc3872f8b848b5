using Coordination.Testing;

namespace Coordination.Gateway.Tests;

/// <summary>As <see cref="SiloFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SiloTheoryAttribute : TheoryAttribute
{
    public SiloTheoryAttribute()
    {
        if (SiloExecutable.StandIn is not null)
            Skip = "is about the silo's own ways, and COORDINATION_TEST_COMMAND names another server";
    }
}
