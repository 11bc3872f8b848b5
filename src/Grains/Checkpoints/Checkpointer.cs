using System.Diagnostics;
using Coordination.Engine.Checkpoint;
using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Checkpoints;

/// <summary>Brings the checkpoint forward behind the log, and trims the log behind the checkpoint.</summary>
/// <remarks>Works in small pieces and rests between them, so that neither reads nor commits feel it. It needs nothing of
/// the replica: it folds what it reads from the log.</remarks>
public sealed partial class Checkpointer(
    ILog log, ICheckpoint checkpoint, Replica replica, CheckpointPace pace, ILogger<Checkpointer> logger)
{
    private const int MostRows = 8192;
    private const long MostBytes = 16 << 20;

    /// <summary>How many log rows the checkpoint is behind.</summary>
    public long Lag { get; private set; }

    /// <summary>Runs until it is cancelled, then folds in what is left, within a bound.</summary>
    /// <exception cref="LogCorruptException">The log or the checkpoint can no longer be trusted.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var state = await checkpoint.ReadStateAsync(cancellationToken);
        var lastAdvance = Stopwatch.StartNew();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(pace.Poll, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Lag = replica.Tail.Position - state.Position;
            bool isDue = Lag >= pace.RowsBehind || (Lag > 0 && lastAdvance.Elapsed >= pace.MostAge);
            if (!isDue || cancellationToken.IsCancellationRequested)
                continue;
            try
            {
                state = await CatchUpAsync(state, replica.Tail.Position, cancellationToken);
                await TrimAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LogUnavailableException e)
            {
                LogNotAdvanced(e);
            }
            lastAdvance.Restart();
        }
    }

    private async Task<CheckpointState> CatchUpAsync(
        CheckpointState state, long target, CancellationToken cancellationToken)
    {
        while (state.Position < target)
        {
            var working = Stopwatch.StartNew();
            var next = await AdvanceAsync(state, cancellationToken);
            Lag = replica.Tail.Position - next.Position;
            if (next == state)
                return state;
            state = next;
            // As long a rest as the work took: on a busy machine the checkpoint has time, the clients have not.
            await Task.Delay(working.Elapsed, cancellationToken);
        }
        return state;
    }

    private async Task<CheckpointState> AdvanceAsync(CheckpointState state, CancellationToken cancellationToken)
    {
        var folder = new CheckpointFolder(state);
        long bytes = 0;
        await foreach (var row in log.ReadAsync(new LogTail(state.Position, state.Zxid, state.Checksum), cancellationToken))
        {
            folder.Fold(row.Position, row.Checksum, row.Body);
            bytes += row.Body.Length;
            if (folder.RowCount >= MostRows || bytes >= MostBytes)
                break;
        }
        var delta = folder.ToDelta();
        if (delta.Target == state)
            return state;
        return await checkpoint.AdvanceAsync(delta, cancellationToken)
            ? delta.Target
            : await checkpoint.ReadStateAsync(cancellationToken);
    }

    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        long first = await log.ReadFirstPositionAsync(cancellationToken);
        // Trimming makes the checkpoint durable first, which is not free: only where it is worth it.
        if (replica.Tail.Position - first < pace.KeptRows * 5 / 4)
            return;
        var durable = await checkpoint.FlushAsync(cancellationToken);
        long firstKept = Math.Min(durable.Position, replica.Tail.Position - pace.KeptRows);
        while (await log.TrimAsync(firstKept, cancellationToken))
            await Task.Delay(pace.TrimRest, cancellationToken);
        LogTrimmed(firstKept);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The checkpoint could not be brought forward; the log keeps what is missing")]
    private partial void LogNotAdvanced(Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "The log is kept from row {FirstKept} on")]
    private partial void LogTrimmed(long firstKept);
}
