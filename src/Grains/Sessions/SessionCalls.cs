using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Storage;
using Orleans;
using Orleans.Runtime;

namespace Coordination.Grains.Sessions;

/// <summary>Calls the grains of sessions, and does without a grain that cannot be reached.</summary>
/// <remarks>A grain may be on a silo that has died and that the others still take for alive. Sessions are entries of the
/// log, which any silo can write: nobody has to wait until the grain is somewhere else. Where both a grain and its caller
/// have written, the caller's attachment stands: the grain's fails where it comes late.</remarks>
public sealed class SessionCalls(
    IGrainFactory grains, SessionWriter writer, ILog log, LogTailReader tail, Replica replica, TimeProvider time)
{
    private const int MostAvoided = 1024;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _avoidance = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestCatchUp = TimeSpan.FromSeconds(10);

    // Until when sessions are attached without their grains, one of which did not answer, by the session's id: a client that
    // gives up before our patience ends would find no silo that takes it. Sessions that share a place here are treated alike.
    private readonly long[] _avoidedUntil = new long[MostAvoided];

    /// <summary>Opens a session.</summary>
    /// <param name="nextId">Gives an id that nobody has.</param>
    /// <param name="opening">Timeout and identities.</param>
    /// <exception cref="ZnodeException">The write failed.</exception>
    /// <exception cref="TimeoutException">The log does not take it.</exception>
    public async Task<SessionTicket> OpenAsync(Func<long> nextId, SessionOpening opening)
    {
        long id = nextId();
        // Under another id: the first may still be opened, and then ends by its timeout.
        var ticket = await CallAsync(id, grain => grain.OpenAsync(opening), () => writer.OpenAsync(nextId(), opening));
        await CatchUpAsync(ticket);
        return ticket;
    }

    /// <summary>Attaches a session to the caller.</summary>
    /// <returns>Null when there is no such session or the password is wrong.</returns>
    /// <exception cref="ZnodeException">The write failed.</exception>
    /// <exception cref="TimeoutException">The log does not take it.</exception>
    public async Task<SessionTicket?> AttachAsync(long id, byte[] password, SessionOpening opening)
    {
        var ticket = await AttachByGrainAsync(id, password, opening);
        if (ticket is not null)
            await CatchUpAsync(ticket);
        return ticket;
    }

    /// <summary>Closes a session because its client wants it.</summary>
    /// <exception cref="ZnodeException">The session is another's by now, or the write failed.</exception>
    /// <exception cref="TimeoutException">The log does not take it.</exception>
    public Task CloseAsync(long id, long attachZxid) => CallAsync(
        id,
        async grain =>
        {
            await grain.CloseAsync(attachZxid);
            return true;
        },
        async () => await writer.CloseAsync(id, attachZxid)
            ? true
            : throw new ZnodeException(ErrorCode.SessionMoved, $"session 0x{id:x}"));

    /// <summary>Closes a session because its client fell silent, unless it was attached anew since.</summary>
    /// <returns>Whether the session is gone.</returns>
    /// <exception cref="ZnodeException">The write failed.</exception>
    /// <exception cref="TimeoutException">The log does not take it.</exception>
    public Task<bool> ExpireAsync(long id, long attachZxid) => CallAsync(
        id, grain => grain.ExpireAsync(attachZxid), () => writer.CloseAsync(id, attachZxid));

    private async Task<SessionTicket?> AttachByGrainAsync(long id, byte[] password, SessionOpening opening)
    {
        if (IsAvoided(id))
            return await writer.AttachAsync(id, password, opening);
        // What the grain writes when nobody waits for it any more must not take the session from its client.
        var seen = opening with { Seen = replica.LastZxid };
        try
        {
            return await CallAsync(
                id, grain => grain.AttachAsync(password, seen), () => writer.AttachAsync(id, password, opening));
        }
        catch (ZnodeException refusal) when (refusal.Code == ErrorCode.SessionMoved)
        {
            // This silo has not heard of the last attachment yet. Who comes later has the session.
            return await writer.AttachAsync(id, password, opening);
        }
    }

    private async Task<T> CallAsync<T>(long id, Func<ISessionGrain, Task<T>> byGrain, Func<Task<T>> without)
    {
        var call = byGrain(grains.GetGrain<ISessionGrain>(id));
        try
        {
            // A slow log is no reason: going to it by another way would not make it faster.
            if (!log.IsShared || await EndsInTimeAsync(call) || !await AnswersAsync())
                return await call;
        }
        catch (OrleansException) when (log.IsShared)
        {
            return await without();
        }
        _ = call.ContinueWith(static late => late.Exception, TaskContinuationOptions.ExecuteSynchronously);
        Avoid(id);
        return await without();
    }

    private bool IsAvoided(long id) => time.GetTimestamp() < Volatile.Read(ref _avoidedUntil[(ulong)id % MostAvoided]);

    private void Avoid(long id) => Volatile.Write(
        ref _avoidedUntil[(ulong)id % MostAvoided],
        time.GetTimestamp() + (long)(_avoidance.TotalSeconds * time.TimestampFrequency));

    private async Task<bool> EndsInTimeAsync(Task call)
    {
        if (call.IsCompleted)
            return true;
        using var ended = new CancellationTokenSource();
        bool isInTime = await Task.WhenAny(call, Task.Delay(_patience, time, ended.Token)) == call;
        ended.Cancel();
        return isInTime;
    }

    private async Task<bool> AnswersAsync()
    {
        using var timeout = new CancellationTokenSource(_patience, time);
        try
        {
            await log.ReadTailAsync(timeout.Token);
            return true;
        }
        catch (Exception e) when (e is LogUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    // The grain may have written on another silo, of which this one has yet to hear.
    private async ValueTask CatchUpAsync(SessionTicket ticket)
    {
        using var timeout = new CancellationTokenSource(_longestCatchUp, time);
        try
        {
            await tail.WaitForAsync(ticket.AttachZxid, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"this silo does not get to zxid 0x{ticket.AttachZxid:x}");
        }
    }
}
