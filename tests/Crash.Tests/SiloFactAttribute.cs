using Coordination.Testing;

namespace Coordination.Crash.Tests;

/// <summary>A fact about the silo's own files, which a server that stands in for it does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SiloFactAttribute : FactAttribute
{
    public SiloFactAttribute()
    {
        if (SiloExecutable.StandIn is not null)
            Skip = "is about the silo's own files, and COORDINATION_TEST_COMMAND names another server";
    }
}
