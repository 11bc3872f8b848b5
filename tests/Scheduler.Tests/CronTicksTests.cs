using Coordination.Scheduler.Triggering;

namespace Coordination.Scheduler.Tests;

/// <summary>The ticks between two times.</summary>
public sealed class CronTicksTests
{
    [Fact]
    public void The_first_time_is_excluded_and_the_last_included() =>
        Assert.Equal([10_000, 15_000, 20_000], CronTicks.Between("0/5 * * * * ?", 5_000, 20_000));

    [Fact]
    public void Nothing_is_due_before_the_next_tick()
    {
        Assert.Empty(CronTicks.Between("0/5 * * * * ?", 5_001, 9_999));
        Assert.Empty(CronTicks.Between("0/5 * * * * ?", 20_000, 5_000));
    }

    [Fact]
    public void Days_are_days_in_UTC()
    {
        const long day = 24 * 60 * 60 * 1000;
        Assert.Equal([day, 2 * day], CronTicks.Between("0 0 0 * * ?", 1, 2 * day));
    }
}
