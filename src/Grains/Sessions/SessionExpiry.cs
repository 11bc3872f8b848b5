using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Coordination.Grains.Sessions;

/// <summary>Turns the timing wheel, and has the sessions closed whose clients have fallen silent.</summary>
public sealed partial class SessionExpiry(
    SessionTracker tracker, SessionCalls sessions, TimeProvider time, ILogger<SessionExpiry> logger)
{
    private const int MostAtOnce = 256;

    private long _expired;

    /// <summary>How many sessions were closed since the start because their clients had fallen silent.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var closing = Task.CompletedTask;
        try
        {
            while (true)
            {
                await Task.Delay(tracker.UntilNextTick, time, cancellationToken);
                // The wheel turns on while sessions are closed, lest it be taken for a pause of the silo, which gives all
                // others their full timeout again. Those that it finds meanwhile it finds at the next tick once more.
                var silent = tracker.Turn();
                if (!closing.IsCompleted)
                    continue;
                await closing;
                closing = CloseAsync(silent, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CloseAsync(IReadOnlyList<TrackedSession> silent, CancellationToken cancellationToken)
    {
        foreach (var some in silent.Chunk(MostAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(ExpireAsync));
        }
        if (silent.Count > 0)
            LogSilent(silent.Count);
    }

    private async Task ExpireAsync(TrackedSession session)
    {
        try
        {
            if (!await sessions.ExpireAsync(session.Id, session.AttachZxid))
                return;
            Interlocked.Increment(ref _expired);
            LogExpired(session.Id, session.TimeoutMilliseconds);
        }
        catch (Exception e) when (e is ZnodeException or TimeoutException or OrleansException)
        {
            // The wheel brings it up again at the next tick.
            LogNotExpired(e, session.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sessions closed, silent for their timeout: {Count}")]
    private partial void LogSilent(int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session 0x{Session:x} expired: silent for {Timeout} ms")]
    private partial void LogExpired(long session, int timeout);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session 0x{Session:x} could not be closed yet")]
    private partial void LogNotExpired(Exception e, long session);
}
