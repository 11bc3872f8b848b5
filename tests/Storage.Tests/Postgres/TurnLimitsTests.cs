using Coordination.Storage.Postgres;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>What docs/guarantees.md says of a silo that stands still in its turn.</summary>
public sealed class TurnLimitsTests
{
    private const int Silos = 1000;

    [Fact]
    public void ATurnIsTakenAfterAHundredMillisecondsAndNobodyWaitsLongerThanForty()
    {
        var limits = Enumerable.Range(0, Silos).Select(_ => TurnLimits.ForSilo()).ToList();
        Assert.All(limits, one => Assert.Equal(100, one.LongestIdleMilliseconds));
        Assert.All(limits, one => Assert.InRange(one.LongestWaitMilliseconds, 20, 40));
        Assert.True(limits.Distinct().Count() > 1, "all give up at once");
    }
}
