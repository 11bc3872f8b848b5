using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>What a log says, read by one who trusts nobody else.</summary>
internal static class LogHistory
{
    /// <summary>Every entry of a log, with the position of its row.</summary>
    public static async Task<List<(long Position, LogEntry Entry)>> ReadEntriesAsync(this ILog log)
    {
        var entries = new List<(long, LogEntry)>();
        await foreach (var row in log.ReadAsync(default, default))
        {
            var reader = new BatchReader(row.Body);
            while (reader.TryRead(out var entry))
                entries.Add((row.Position, entry));
        }
        return entries;
    }

    /// <summary>The state that a whole log comes to.</summary>
    public static async Task<CoordinationState> FoldAsync(this ILog log)
    {
        var state = CoordinationState.Genesis();
        var results = new List<ChangeResult>();
        foreach (var (_, entry) in await log.ReadEntriesAsync())
            state.Apply(entry, results);
        return state;
    }
}
