using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>Where reminders are kept. Used by one caller at a time.</summary>
internal interface IReminderTable : IDisposable
{
    IReadOnlyList<ReminderEntry> Load();

    /// <summary>Stores a reminder in place of the one of the same grain and name, if any.</summary>
    void Save(ReminderEntry entry);

    void Remove(GrainId grain, string name);
}
