using Coordination.Grains.Writing;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Asks the log how far it reaches, and brings reads up to date with every write that was acknowledged before
/// they came: sync.</summary>
public sealed class LogTailReader(ILog log, Replica replica, WritePipeline pipeline, TimeProvider time)
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(1);

    private readonly SharedQuestion<LogTail> _question = new();

    /// <inheritdoc cref="ILog.IsShared"/>
    public bool IsShared => log.IsShared;

    /// <summary>Asks the log for its tail, after this call was made.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be asked now.</exception>
    /// <exception cref="LogHistoryChangedException">What this silo has applied is no more in the log, as after a restore, or
    /// where a standby that had not got it has taken over.</exception>
    public async ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken)
    {
        var applied = replica.Tail;
        var tail = await log.ReadTailAsync(cancellationToken);
        // What was applied stood in the log before it was asked. Where the log is ahead, reading on finds out.
        if (tail != applied && (tail.Position <= applied.Position || tail.LastZxid <= applied.LastZxid))
        {
            throw new LogHistoryChangedException(
                $"the log ends at position {tail.Position} and zxid 0x{tail.LastZxid:x}, what was applied of it at "
                + $"position {applied.Position} and zxid 0x{applied.LastZxid:x}, and it is not the same log");
        }
        return tail;
    }

    /// <summary>Asks the log for its tail, and waits until the replica has applied it.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be asked now.</exception>
    /// <exception cref="LogHistoryChangedException">What this silo has applied is no more in the log.</exception>
    public async ValueTask SyncAsync(CancellationToken cancellationToken)
    {
        var tail = await _question.AskAsync(() => ReadTailAsync(CancellationToken.None).AsTask()).WaitAsync(cancellationToken);
        await WaitForAsync(tail.LastZxid, cancellationToken);
    }

    /// <summary>Waits until the replica has applied a zxid that is in the log.</summary>
    public async ValueTask WaitForAsync(long zxid, CancellationToken cancellationToken)
    {
        if (log.IsShared && replica.LastZxid < zxid)
            pipeline.RequestCatchUp(zxid);
        while (replica.LastZxid < zxid)
            await Task.Delay(_poll, time, cancellationToken);
    }

    /// <summary>As <see cref="SyncAsync"/>, but only for some time, and only as far as the log can be asked.</summary>
    public async ValueTask TrySyncAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await SyncAsync(either.Token);
        }
        catch (Exception e) when (e is LogUnavailableException || limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
