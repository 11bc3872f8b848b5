using Quartz;

namespace Coordination.Scheduler.Triggering;

/// <summary>The ticks of a schedule, which follow from it alone: whoever triggers finds the same.</summary>
internal static class CronTicks
{
    /// <summary>The ticks of a schedule between two times, the second included.</summary>
    public static IEnumerable<long> Between(string cron, long after, long until)
    {
        var expression = new CronExpression(cron) { TimeZone = TimeZoneInfo.Utc };
        var end = DateTimeOffset.FromUnixTimeMilliseconds(until);
        var tick = expression.GetTimeAfter(DateTimeOffset.FromUnixTimeMilliseconds(after));
        for (; tick is { } due && due <= end; tick = expression.GetTimeAfter(due))
            yield return due.ToUnixTimeMilliseconds();
    }
}
