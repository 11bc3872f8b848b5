using Orleans.Reminders;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The reminders of a grain: durable timers that activate the grain when they are due.</summary>
public static class GrainReminderExtensions
{
    /// <summary>
    /// Registers a reminder, or replaces the one of the same name. When the task completes, it is stored: it goes on
    /// after a restart.
    /// </summary>
    /// <param name="grain">The grain, which implements <see cref="IRemindable"/>.</param>
    /// <param name="reminderName">A name, unique within the grain.</param>
    /// <param name="dueTime">The time to the first tick, zero or more.</param>
    /// <param name="period">The time between ticks; one minute at least, unless the options allow less.</param>
    /// <returns>The handle of the reminder.</returns>
    /// <exception cref="ArgumentException">A time is out of range, or the name is null or blank.</exception>
    /// <exception cref="InvalidOperationException">The grain does not implement <see cref="IRemindable"/>.</exception>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(
        this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        if (string.IsNullOrWhiteSpace(reminderName)) throw new ArgumentNullException(nameof(reminderName));
        if (grain is not IRemindable)
        {
            throw new InvalidOperationException(
                $"Grain {grain.GrainContext.GrainId} is not '{nameof(IRemindable)}', so it can have no reminders.");
        }

        return Reminders(grain).RegisterAsync(grain.GrainContext.GrainId, reminderName, dueTime, period);
    }

    /// <summary>Ends a reminder. When the task completes, it is gone from the store.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="reminder">The handle.</param>
    /// <returns>A task that completes when it is done.</returns>
    /// <exception cref="ReminderException">The reminder has been registered anew since.</exception>
    public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) =>
        Reminders(grain).UnregisterAsync(reminder);

    /// <summary>Gets a reminder of the grain.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="reminderName">The name.</param>
    /// <returns>The handle, or null if there is none of that name.</returns>
    /// <exception cref="ArgumentException">The name is null or blank.</exception>
    public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName)
    {
        if (string.IsNullOrWhiteSpace(reminderName)) throw new ArgumentNullException(nameof(reminderName));
        return Task.FromResult<IGrainReminder?>(Reminders(grain).Find(grain.GrainContext.GrainId, reminderName));
    }

    private static ReminderService Reminders(IGrainBase grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return ((Grain)grain).Activation.Silo.Reminders;
    }
}
