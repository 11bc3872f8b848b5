using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;

namespace Coordination.Silo.Flavours;

/// <summary>Keeps reminders while the process lives: for a silo alone.</summary>
/// <remarks>Orleans' own is made of grains, which it calls while it starts and stops, and complains where they are not there.</remarks>
internal sealed class MemoryReminderTable : IReminderTable
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ReminderEntry> _entries = new();

    private long _version;

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(entry => entry.GrainId == grainId);

    /// <inheritdoc/>
    /// <remarks>The range goes round: from what is above its beginning to its end, or all of it where they are the same.</remarks>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(entry =>
    {
        uint hash = entry.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    });

    /// <inheritdoc/>
    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        Task.FromResult(_entries.GetValueOrDefault((grainId, reminderName)));

    /// <inheritdoc/>
    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        string version = Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _entries[(entry.GrainId, entry.ReminderName)] = new ReminderEntry
        {
            GrainId = entry.GrainId,
            ReminderName = entry.ReminderName,
            StartAt = entry.StartAt,
            Period = entry.Period,
            ETag = version,
        };
        return Task.FromResult<string?>(version);
    }

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => Task.FromResult(
        _entries.TryGetValue((grainId, reminderName), out var entry)
        && entry.ETag == eTag
        && _entries.TryRemove(new((grainId, reminderName), entry)));

    /// <inheritdoc/>
    public Task TestOnlyClearTable()
    {
        _entries.Clear();
        return Task.CompletedTask;
    }

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> isWanted) =>
        Task.FromResult(new ReminderTableData(_entries.Values.Where(isWanted)));
}
