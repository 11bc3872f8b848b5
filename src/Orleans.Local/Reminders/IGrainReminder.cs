namespace Orleans.Runtime;

/// <summary>The handle of a reminder, as it was registered; it is void when the reminder is registered anew.</summary>
public interface IGrainReminder
{
    /// <summary>Gets the name of the reminder, unique within its grain.</summary>
    string ReminderName { get; }
}
