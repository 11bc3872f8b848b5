using Coordination.Engine;
using Coordination.Grains.Sessions;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Reads for grains: from the replica, once it has come as far as the asker has seen.</summary>
public sealed class ReplicaReader(Replica replica, LogTailReader tail, SessionTracker tracker, TimeProvider time)
{
    private static readonly TimeSpan _longestCatchUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestAsking = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="LogTailReader.IsShared"/>
    public bool IsShared => tail.IsShared;

    /// <summary>Looks at the state, in one moment, under the replica's lock.</summary>
    /// <param name="path">What is looked at, for who reads of a failure.</param>
    /// <param name="seen">The zxid that the asker has seen: the state is as of that or a later one. Where it is applied already,
    /// nothing is waited for.</param>
    /// <param name="look">Looks.</param>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: what there is may be older than the sync limit, as at the gateway; or the
    /// replica does not come as far as the asker within ten seconds, or not at all.</exception>
    public async Task<T> LookAsync<T>(string path, long seen, Func<CoordinationState, T> look)
    {
        while (true)
        {
            if (!tracker.MayServe(tracker.Now))
                throw new ZnodeException(ErrorCode.ConnectionLoss, path);
            if (replica.LastZxid < seen)
            {
                await CatchUpAsync(path, seen);
                continue;
            }
            using (replica.Lock.EnterRead())
            {
                // Not while an entry is applied in part.
                if (!replica.State.IsBetween)
                    return look(replica.State);
            }
            await replica.WhenSettledAsync(CancellationToken.None);
        }
    }

    /// <summary>Applies what others have written by now, for one who did not find what he has heard of elsewhere; for some time
    /// only, and only as far as the log can be asked.</summary>
    /// <param name="path">What is looked for.</param>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: what this silo has applied is no more in the log.</exception>
    public async Task AskForMissingAsync(string path)
    {
        try
        {
            await tail.TrySyncAsync(_longestAsking, CancellationToken.None);
        }
        catch (LogHistoryChangedException e)
        {
            throw new ZnodeException(ErrorCode.ConnectionLoss, path, e.Message);
        }
    }

    /// <summary>Asks the log for its last zxid, and has it applied.</summary>
    /// <param name="what">On whose behalf, for who reads of a failure.</param>
    /// <returns>The last zxid, that of the log when it was asked or a later one.</returns>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: the log cannot be asked now.</exception>
    public async Task<long> ReadLastZxidAsync(string what)
    {
        await CatchUpAsync(what, 0);
        return await LookAsync(what, 0, static state => state.LastZxid);
    }

    // To the log's tail, which is behind all that anybody has seen, and not to the zxid: one that is no more in the log, or never
    // was, would be waited for in vain.
    private async Task CatchUpAsync(string path, long seen)
    {
        using var limit = new CancellationTokenSource(_longestCatchUp, time);
        try
        {
            await tail.SyncAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ZnodeException(
                ErrorCode.ConnectionLoss, path, $"this silo is at zxid 0x{replica.LastZxid:x}, and does not catch up in time");
        }
        catch (Exception e) when (e is LogUnavailableException or LogHistoryChangedException)
        {
            throw new ZnodeException(ErrorCode.ConnectionLoss, path, e.Message);
        }
        if (replica.LastZxid < seen)
        {
            throw new ZnodeException(
                ErrorCode.ConnectionLoss, path, $"the log ends at zxid 0x{replica.LastZxid:x}, and the client has seen 0x{seen:x}");
        }
    }
}
