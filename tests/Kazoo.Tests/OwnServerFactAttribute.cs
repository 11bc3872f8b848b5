namespace Coordination.Kazoo.Tests;

/// <summary>A fact that kills its server, and so can only be tried on one that it started.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnServerFactAttribute : FactAttribute
{
    public OwnServerFactAttribute()
    {
        if (ServerUnderTest.Given is not null)
            Skip = "kills its server, and COORDINATION_TEST_SERVER names one that is not the test's to kill";
    }
}
