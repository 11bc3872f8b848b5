using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>A reminder as it was registered, which is also the grain's handle to it.</summary>
internal sealed record ReminderEntry(GrainId Grain, string ReminderName, DateTime StartAt, TimeSpan Period)
    : IGrainReminder
{
    /// <summary>
    /// When the next tick is due: at the first one's time plus multiples of the period, whatever was missed.
    /// </summary>
    public DateTime NextTick(DateTime now)
    {
        if (now <= StartAt) return StartAt;
        long sinceLast = (now - StartAt).Ticks % Period.Ticks;
        return sinceLast == 0 ? now : Later(now, TimeSpan.FromTicks(Period.Ticks - sinceLast));
    }

    /// <summary>When the tick after a given one is due.</summary>
    public DateTime TickAfter(DateTime tick, DateTime now)
    {
        DateTime next = NextTick(now);
        return next > tick ? next : Later(tick, Period);
    }

    private static DateTime Later(DateTime time, TimeSpan span) =>
        DateTime.MaxValue - time < span ? DateTime.MaxValue : time + span;
}
