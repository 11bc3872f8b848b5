using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>Keeps nothing beyond what the service itself holds while it runs.</summary>
internal sealed class InMemoryReminderTable : IReminderTable
{
    public IReadOnlyList<ReminderEntry> Load() => [];

    public void Save(ReminderEntry entry)
    {
    }

    public void Remove(GrainId grain, string name)
    {
    }

    public void Dispose()
    {
    }
}
