using System.Globalization;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Beats for this silo, watches the others, and answers for the sessions of those that have died or left.</summary>
/// <remarks>A dead silo is one whose heartbeat stood still for the lease's patience, by this silo's own monotonic clock,
/// while its own heartbeats succeeded all along: the clocks of two machines are never compared, and an outage of the
/// database, or a pause of this silo, kills nobody.</remarks>
public sealed partial class SiloLiveness(
    ISiloTable silos, LogTailReader reader, Replica replica, SessionTracker tracker, Ensemble ensemble, SiloLease lease,
    TimeProvider time, ILogger<SiloLiveness> logger)
{
    private readonly Dictionary<Guid, Observation> _observed = [];
    private readonly SessionAdoption _adoption = new(replica, tracker, logger);
    private Task _adopting = Task.CompletedTask;
    private long? _lastBeat;
    private bool _mustCatchUp;

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="SiloTakenForDeadException">This silo was silent for too long.</exception>
    /// <exception cref="LogHistoryChangedException">What this silo has applied is no more in the log.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(lease.BeatPeriod, time);
        bool isSilent = false;
        do
        {
            try
            {
                await BeatInTimeAsync(cancellationToken);
                isSilent = false;
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (LogUnavailableException e)
            {
                if (!isSilent)
                    LogSilent(e);
                isSilent = true;
            }
        }
        while (await WaitAsync(timer, cancellationToken));
        await _adopting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Takes this silo, which serves nobody any more, off the others: they answer for its sessions from their
    /// next look on. Does nothing where the database is away: the others then find out by the lease.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await silos.LeaveAsync(replica.Identity, cancellationToken);
        }
        catch (Exception e) when (e is LogUnavailableException or OperationCanceledException)
        {
            LogNotLeft(e);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task BeatInTimeAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(lease.LongestBeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var gone = await BeatAsync(either.Token);
            if (gone.Count > 0)
                _adopting = _adoption.AdoptAsync(gone, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(
                $"the database has not answered for {lease.LongestBeat.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
    }

    // Returns whose sessions are to be adopted.
    private async Task<Dictionary<Guid, long>> BeatAsync(CancellationToken cancellationToken)
    {
        long asked = tracker.Now;
        if (!await silos.BeatAsync(replica.Identity, cancellationToken))
            throw new SiloTakenForDeadException();
        if (_lastBeat is null || tracker.Now - _lastBeat > lease.LongestPause.TotalMilliseconds)
        {
            // Nobody could prove himself alive while the database was away, or all of this machine: all begin anew.
            _observed.Clear();
            tracker.Resume();
            _mustCatchUp = true;
        }
        _lastBeat = asked;
        if (await HasCaughtUpAsync(cancellationToken))
            tracker.ServeUntil(lease.EndOfService(asked));
        // First whose sessions there are, then who is there: a silo enters before it attaches its first session.
        var owners = await FindOwnersAsync();
        long looked = tracker.Now;
        var entered = await silos.ReadAsync(cancellationToken);
        ensemble.Update(entered);
        // Whom an observer finds silent, a participant does too.
        if (ensemble.Role == SiloRole.Observer)
            return [];
        foreach (var silo in entered)
        {
            if (!await IsDeadAsync(silo, looked, cancellationToken))
                owners.Remove(silo.Identity);
        }
        return owners;
    }

    // While some are still being adopted, the others wait for the next beat.
    private async ValueTask<Dictionary<Guid, long>> FindOwnersAsync()
    {
        if (!_adopting.IsCompleted)
            return [];
        await _adopting;
        return _adoption.FindOwners();
    }

    // Whoever comes back to a database must know that it is the one it knew before it serves anybody.
    private async Task<bool> HasCaughtUpAsync(CancellationToken cancellationToken)
    {
        if (!_mustCatchUp)
            return true;
        using var timeout = new CancellationTokenSource(lease.BeatPeriod, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await reader.SyncAsync(either.Token);
            _mustCatchUp = false;
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It goes on beating: it is alive.
            return false;
        }
    }

    // A heartbeat has moved when the answer is here, at the latest, and stood still until the question was asked.
    private async Task<bool> IsDeadAsync(SiloRecord silo, long looked, CancellationToken cancellationToken)
    {
        if (!_observed.TryGetValue(silo.Identity, out var before) || before.Heartbeat != silo.Heartbeat)
        {
            _observed[silo.Identity] = new Observation(silo.Heartbeat, tracker.Now);
            return false;
        }
        if (silo.Identity == replica.Identity || looked - before.Since < lease.Patience.TotalMilliseconds)
            return false;
        if (!await silos.RemoveAsync(silo, cancellationToken))
            return false;
        LogDead(silo.Number, silo.Entry.ClientAddress);
        _observed.Remove(silo.Identity);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo cannot prove itself alive; it stops serving when its lease ends")]
    private partial void LogSilent(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo could not take itself off the others: they notice by its lease")]
    private partial void LogNotLeft(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Number} at {Address} is dead: its heartbeat stood still for the lease")]
    private partial void LogDead(int number, string address);

    private readonly record struct Observation(long Heartbeat, long Since);
}
