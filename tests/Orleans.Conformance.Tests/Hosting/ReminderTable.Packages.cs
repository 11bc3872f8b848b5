using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.Conformance.Hosting;

/// <summary>
/// Keeps the reminders of Microsoft Orleans while this process lives, so that they outlive a silo in it.
/// </summary>
internal sealed class ReminderTable : IReminderTable
{
    private static readonly ConcurrentDictionary<string, ReminderTable> Stores = new();

    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ReminderEntry> _rows = new();

    public static ReminderTable At(string? store) =>
        store is null ? new ReminderTable() : Stores.GetOrAdd(store, static _ => new ReminderTable());

    public Task Init() => Task.CompletedTask;

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        Task.FromResult(new ReminderTableData(_rows.Values.Where(row => row.GrainId == grainId)));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) =>
        Task.FromResult(new ReminderTableData(_rows.Values));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        Task.FromResult(_rows.GetValueOrDefault((grainId, reminderName)));

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        string version = Guid.NewGuid().ToString();
        _rows[(entry.GrainId, entry.ReminderName)] = new ReminderEntry
        {
            GrainId = entry.GrainId,
            ReminderName = entry.ReminderName,
            StartAt = entry.StartAt,
            Period = entry.Period,
            ETag = version,
        };
        return Task.FromResult<string?>(version);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => Task.FromResult(
        _rows.TryGetValue((grainId, reminderName), out ReminderEntry? row)
        && row.ETag == eTag
        && _rows.TryRemove((grainId, reminderName), out _));

    public Task TestOnlyClearTable()
    {
        _rows.Clear();
        return Task.CompletedTask;
    }
}
