using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain implements to have reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>Called, as an ordinary grain call, when a reminder is due. What it throws is logged.</summary>
    /// <param name="reminderName">The name of the reminder.</param>
    /// <param name="status">Which tick it is.</param>
    /// <returns>A task that completes when the tick has been dealt with; the next does not come before.</returns>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
