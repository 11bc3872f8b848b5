using Coordination.Engine.Checkpoint;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Checkpoints;

/// <summary>Brings the checkpoint forward behind the log, and trims the log behind the checkpoint.</summary>
/// <remarks>Works in small pieces and rests between them, so that neither reads nor commits feel it; the less, the further
/// it is behind, since that is what a restart has to replay. It folds what it reads from the log, and takes from the replica
/// only the answers that sessions are to be given again. Of several silos the leader does it; another that finds that
/// nobody has, for twice as long as it should take, does it too.</remarks>
public sealed partial class Checkpointer(
    ILog log, ICheckpoint checkpoint, Replica replica, Ensemble ensemble, CheckpointPace pace,
    TimeProvider time, ILogger<Checkpointer> logger)
{
    // As much as may be: a znode that is set again and again costs one row a piece.
    private const int MostRows = 8192;
    // So few that what is folded lives shortly: what survives two collections is dear to collect.
    private const int MostCreated = 1024;
    private const long MostBytes = 16 << 20;

    private CheckpointState? _read;
    private long _advanced;
    private long _last;
    private long _came;
    private long _lag;
    private long _foldedBytes;
    // So far back that a start looks whether an earlier one has left something to trim.
    private long _bytesAtTrim = -pace.KeptBytes;

    /// <summary>How many log rows the checkpoint is behind.</summary>
    public long Lag => Volatile.Read(ref _lag);

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="LogCorruptException">The log or the checkpoint can no longer be trusted.</exception>
    /// <exception cref="LogHistoryChangedException">The log is another than the one that the replica has applied.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool isHeldUp = false;
        _advanced = _came = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pace.Poll, time, cancellationToken);
                if (!await DoWhatIsDueAsync(cancellationToken))
                    continue;
                if (isHeldUp)
                    LogGoesOn();
                isHeldUp = false;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LogUnavailableException e)
            {
                // Until it goes on again it is tried, and fails, at each look.
                if (!isHeldUp)
                    LogHeldUp(e);
                isHeldUp = true;
            }
        }
    }

    // False where nothing was due, and so nothing was found out about the log either.
    private async Task<bool> DoWhatIsDueAsync(CancellationToken cancellationToken)
    {
        var state = _read ??= await checkpoint.ReadStateAsync(cancellationToken);
        var target = replica.Tail;
        Volatile.Write(ref _lag, target.Position - state.Position);
        if (target.Position != _last)
            (_last, _came) = (target.Position, time.GetTimestamp());
        int patience = ensemble.IsLeader ? 1 : 2;
        bool isFarBehind = replica.AppliedBytes - _foldedBytes >= patience * pace.BytesBehind;
        bool isQuiet = ensemble.IsLeader && time.GetElapsedTime(_came) >= pace.Idleness;
        if (!isFarBehind && (Lag == 0 || (!isQuiet && time.GetElapsedTime(_advanced) < patience * pace.MostAge)))
            return false;
        if (!ensemble.IsLeader)
        {
            var before = state;
            _foldedBytes = replica.AppliedBytes;
            _read = state = await checkpoint.ReadStateAsync(cancellationToken);
            _advanced = time.GetTimestamp();
            if (state.Position > before.Position || ensemble.Role == SiloRole.Observer)
                return true;
        }
        _read = await CatchUpAsync(state, target, cancellationToken);
        _advanced = time.GetTimestamp();
        await TrimAsync(cancellationToken);
        return true;
    }

    /// <summary>Brings the checkpoint forward once more, in the time that there is at a stop. To be called when nothing is written any
    /// more, and <see cref="RunAsync"/> has ended; what is left out, the next start applies.</summary>
    /// <exception cref="LogCorruptException">The log or the checkpoint can no longer be trusted.</exception>
    /// <exception cref="LogHistoryChangedException">The log is another than the one that the replica has applied.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (!ensemble.IsLeader)
            return;
        using var timeout = new CancellationTokenSource(pace.MostAtStop, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var state = await checkpoint.ReadStateAsync(stopping.Token);
            while (state.Position < replica.Tail.Position)
                state = await AdvanceOrFollowAsync(state, replica.Tail.Position, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // There is too much of it.
        }
        catch (LogUnavailableException e)
        {
            LogHeldUp(e);
        }
    }

    // As long a rest as the work took: on a busy machine the checkpoint has time, the clients have not.
    // Once it is behind by half of what it may be, less and less.
    private double RestPerWork =>
        Math.Clamp(2 - 2d * (replica.AppliedBytes - _foldedBytes) / pace.MostBytesBehind, 0, 1);

    private async Task<CheckpointState> CatchUpAsync(
        CheckpointState state, LogTail target, CancellationToken cancellationToken)
    {
        long applied = replica.AppliedBytes;
        while (state.Position < target.Position)
        {
            long began = time.GetTimestamp();
            state = await AdvanceOrFollowAsync(state, target.Position, cancellationToken);
            Volatile.Write(ref _lag, Math.Max(0, replica.Tail.Position - state.Position));
            var rest = time.GetElapsedTime(began) * RestPerWork;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, time, cancellationToken);
        }
        _foldedBytes = applied;
        return state;
    }

    private async Task<CheckpointState> AdvanceOrFollowAsync(
        CheckpointState state, long through, CancellationToken cancellationToken)
    {
        try
        {
            return await AdvanceAsync(state, through, cancellationToken);
        }
        catch (LogHistoryChangedException)
        {
            // Another silo may have brought the checkpoint forward, and trimmed what was to be folded in.
            var current = await checkpoint.ReadStateAsync(cancellationToken);
            if (current.Position <= state.Position)
                throw;
            return current;
        }
    }

    // No further than the replica has come, which is asked for answers to what was folded.
    private async Task<CheckpointState> AdvanceAsync(
        CheckpointState state, long through, CancellationToken cancellationToken)
    {
        var folder = new CheckpointFolder(state);
        long bytes = 0;
        await foreach (var row in log.ReadAsync(new LogTail(state.Position, state.Zxid, state.Checksum), cancellationToken))
        {
            folder.Fold(row.Position, row.Checksum, row.Body);
            bytes += row.Body.Length;
            if (row.Position >= through || folder.RowCount >= MostRows || folder.CreatedCount >= MostCreated || bytes >= MostBytes)
                break;
        }
        _foldedBytes += bytes;
        var applied = replica.Tail;
        var delta = folder.ToDelta(
            AnswersOf(folder.Answered, folder.Zxid), new AppliedRow(applied.Position, applied.Checksum));
        if (await checkpoint.AdvanceAsync(delta, cancellationToken))
            return delta.Target;
        var current = await checkpoint.ReadStateAsync(cancellationToken);
        return current != state
            ? current
            : throw new LogHistoryChangedException($"the log has not got the row at position {applied.Position} that was applied");
    }

    // The lock is held for one session at a time.
    private Dictionary<long, byte[]?> AnswersOf(IReadOnlyCollection<long> sessions, long through)
    {
        var answers = new Dictionary<long, byte[]?>(sessions.Count);
        foreach (long session in sessions)
        {
            using (replica.Lock.EnterRead())
                answers.Add(session, replica.State.EncodeAnswers(session, through));
        }
        return answers;
    }

    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        // Trimming makes the checkpoint durable first, which is not free: only where it is worth it.
        if (replica.AppliedBytes - _bytesAtTrim < pace.KeptBytes / 4)
            return;
        long applied = replica.AppliedBytes;
        long firstKept = await log.FindFirstOfLastAsync(pace.KeptBytes, cancellationToken);
        if (firstKept > await log.ReadFirstPositionAsync(cancellationToken))
        {
            var durable = await checkpoint.FlushAsync(cancellationToken);
            firstKept = Math.Min(durable.Position, firstKept);
            while (await log.TrimAsync(firstKept, cancellationToken))
                await Task.Delay(pace.TrimRest, time, cancellationToken);
            LogTrimmed(firstKept);
        }
        _bytesAtTrim = applied;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The checkpoint cannot be brought forward; the log keeps what is missing")]
    private partial void LogHeldUp(Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "The checkpoint is brought forward again")]
    private partial void LogGoesOn();

    [LoggerMessage(Level = LogLevel.Debug, Message = "The log is kept from row {FirstKept} on")]
    private partial void LogTrimmed(long firstKept);
}
