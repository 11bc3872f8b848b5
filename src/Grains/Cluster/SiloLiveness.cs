using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Storage;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Beats for this silo, watches the others, and answers for the sessions of those that have died.</summary>
/// <remarks>A dead silo is one whose heartbeat has not changed for the lease, by this silo's own monotonic clock, while
/// its own heartbeats succeeded all along: the clocks of two machines are never compared, and an outage of the database
/// kills nobody.</remarks>
public sealed partial class SiloLiveness(
    ISiloTable silos, Replica replica, SessionTracker tracker, SiloLease lease, TimeProvider time,
    ILogger<SiloLiveness> logger)
{
    private readonly Dictionary<Guid, Observation> _observed = [];
    private long? _beatingSince;

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="SiloTakenForDeadException">This silo was silent for too long.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(lease.BeatPeriod, time);
        do
        {
            try
            {
                await BeatAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LogUnavailableException e)
            {
                if (_beatingSince is not null)
                    LogSilent(e);
                _beatingSince = null;
            }
        }
        while (await WaitAsync(timer, cancellationToken));
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

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        long asked = tracker.Now;
        if (!await silos.BeatAsync(replica.Identity, cancellationToken))
            throw new SiloTakenForDeadException();
        if (_beatingSince is null)
        {
            // Nobody could prove himself alive while the database was away: all begin anew.
            _beatingSince = asked;
            _observed.Clear();
            tracker.Resume();
        }
        tracker.ServeUntil(asked + (long)lease.Length.TotalMilliseconds);
        // First whose sessions there are, then who is there: a silo enters before it attaches its first session.
        var owners = OwnersOfSessions();
        var entered = await silos.ReadAsync(cancellationToken);
        foreach (var silo in entered)
            await ObserveAsync(silo, cancellationToken);
        owners.ExceptWith(entered.Select(silo => silo.Identity));
        if (owners.Count > 0)
            Adopt(owners);
    }

    private async Task ObserveAsync(SiloRecord silo, CancellationToken cancellationToken)
    {
        long now = tracker.Now;
        if (!_observed.TryGetValue(silo.Identity, out var before) || before.Heartbeat != silo.Heartbeat)
        {
            _observed[silo.Identity] = new Observation(silo.Heartbeat, now);
            return;
        }
        if (silo.Identity == replica.Identity || now - before.Since < lease.Length.TotalMilliseconds)
            return;
        LogDead(silo.Number, silo.ClientAddress);
        // Its sessions have an owner that is not entered any more: they are found at the next beat, by every silo.
        await silos.RemoveAsync(silo, cancellationToken);
        _observed.Remove(silo.Identity);
    }

    private HashSet<Guid> OwnersOfSessions()
    {
        var owners = new HashSet<Guid>();
        using (replica.Lock.EnterRead())
        {
            foreach (var session in replica.State.Sessions.Values)
            {
                if (session.Silo != replica.Identity && tracker.Find(session.Id) is null)
                    owners.Add(session.Silo);
            }
        }
        return owners;
    }

    // All survivors answer for all of them. Whoever is first closes a silent one; a client that comes back is attached
    // anew, by an entry, which ends the watching of the others.
    private void Adopt(HashSet<Guid> owners)
    {
        int adopted = 0;
        using (replica.Lock.EnterRead())
        {
            foreach (var session in replica.State.Sessions.Values)
            {
                if (!owners.Contains(session.Silo) || tracker.Find(session.Id) is not null)
                    continue;
                tracker.Adopt(session);
                adopted++;
            }
        }
        LogAdopted(adopted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo cannot prove itself alive; it stops serving when its lease ends")]
    private partial void LogSilent(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Number} at {Address} is dead: its heartbeat stood still for the lease")]
    private partial void LogDead(int number, string address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} sessions of silos that are gone have their full timeout to come back")]
    private partial void LogAdopted(int count);

    private readonly record struct Observation(long Heartbeat, long Since);
}
