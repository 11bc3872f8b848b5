using Coordination.Engine;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Makes a replica at start: the checkpoint, then the log behind it.</summary>
public static class ReplicaLoader
{
    /// <summary>Loads the state and applies everything in the log.</summary>
    /// <param name="identity">The life of this silo.</param>
    /// <param name="log">The log.</param>
    /// <param name="checkpoint">Its checkpoint.</param>
    /// <param name="listener">Hears of sessions as the log's entries are applied, and from then on.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <exception cref="LogCorruptException">The log or the checkpoint holds what it cannot hold.</exception>
    public static async Task<Replica> LoadAsync(
        Guid identity, ILog log, ICheckpoint checkpoint, IApplyListener listener, CancellationToken cancellationToken)
    {
        var state = new CoordinationState(listener);
        var loader = new StateLoader(state);
        var loaded = await checkpoint.LoadAsync(loader, cancellationToken);
        loader.Complete(loaded);
        var tail = new LogTail(loaded.Position, loaded.Zxid, loaded.Checksum);
        var results = new List<ChangeResult>();
        await foreach (var row in log.ReadAsync(tail, cancellationToken))
        {
            Apply(state, row, results);
            tail = row.AsTail();
        }
        return new Replica(identity, state, tail);
    }

    private static void Apply(CoordinationState state, LogRow row, List<ChangeResult> results)
    {
        try
        {
            var reader = new BatchReader(row.Body);
            while (reader.TryRead(out var entry))
                state.Apply(entry, results);
        }
        catch (Exception e) when (e is Protocol.MalformedRecordException or InvalidOperationException or KeyNotFoundException)
        {
            throw new LogCorruptException($"log row {row.Position} cannot be applied: {e.Message}", e);
        }
    }
}
