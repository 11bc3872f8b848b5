using Coordination.Engine;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Protocol;
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
        var loaded = await LoadAsync(checkpoint, loader, cancellationToken);
        var tail = new LogTail(loaded.Position, loaded.Zxid, loaded.Checksum);
        var results = new List<ChangeResult>();
        await foreach (var row in log.ReadAsync(tail, cancellationToken))
        {
            Apply(state, row, results);
            tail = row.AsTail();
        }
        return new Replica(identity, state, tail);
    }

    private static async ValueTask<CheckpointState> LoadAsync(
        ICheckpoint checkpoint, StateLoader loader, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await checkpoint.LoadAsync(loader, cancellationToken);
            loader.Complete(loaded);
            return loaded;
        }
        catch (Exception e) when (SaysWhatCannotBe(e))
        {
            throw new LogCorruptException($"the checkpoint cannot be loaded: {e.Message}", e);
        }
    }

    /// <summary>Checks that a row's entries ended where it should end.</summary>
    /// <exception cref="LogCorruptException">They did not.</exception>
    internal static void CheckEnd(CoordinationState state, LogRow row)
    {
        // The state leaves out an entry whose zxid it has passed: a row of such would be skipped without a word.
        if (state.LastZxid != row.LastZxid)
        {
            throw new LogCorruptException(
                $"log row {row.Position} should end at zxid 0x{row.LastZxid:x}, its entries end at 0x{state.LastZxid:x}");
        }
    }

    /// <summary>Says which row holds what it cannot hold.</summary>
    internal static LogCorruptException CannotBeApplied(LogRow row, Exception e) =>
        new($"log row {row.Position} cannot be applied: {e.Message}", e);

    /// <summary>Whether an exception is one that the engine throws where an entry or a row contradicts the state that it
    /// meets.</summary>
    internal static bool SaysWhatCannotBe(Exception e) =>
        e is MalformedRecordException or InvalidOperationException or KeyNotFoundException or ArgumentException;

    private static void Apply(CoordinationState state, LogRow row, List<ChangeResult> results)
    {
        try
        {
            var reader = new BatchReader(row.Body);
            while (reader.TryRead(out var entry))
                state.Apply(entry, results);
        }
        catch (Exception e) when (SaysWhatCannotBe(e))
        {
            throw CannotBeApplied(row, e);
        }
        CheckEnd(state, row);
    }
}
