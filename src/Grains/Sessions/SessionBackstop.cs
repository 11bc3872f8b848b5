using Coordination.Engine.Sessions;
using Coordination.Grains.Replication;
using Coordination.Storage;

namespace Coordination.Grains.Sessions;

/// <summary>Who watches over a session: where no silo does any more, its reminder has this one do it.</summary>
/// <param name="replica">Where the session is looked up.</param>
/// <param name="tracker">Who answers for it.</param>
/// <param name="silos">The silos that are alive; null where there is but this one, whose log no other life of a silo has.</param>
public sealed class SessionBackstop(Replica replica, SessionTracker tracker, ISiloTable? silos = null)
{
    /// <summary>Looks after a session, which has its full timeout from then on if nobody else did.</summary>
    /// <returns>Whether the session is open.</returns>
    /// <exception cref="LogUnavailableException">The other silos cannot be asked about now; the next reminder does.</exception>
    public async Task<bool> LookAfterAsync(long id)
    {
        if (Find(id) is not { } session)
            return false;
        if (tracker.Find(id) is null && await IsAbandonedAsync(session.Silo))
        {
            // It may have been attached anew while the silos were asked about.
            using (replica.Lock.EnterRead())
            {
                if (replica.State.Sessions.TryGetValue(id, out var now) && now.Silo == session.Silo && tracker.Find(id) is null)
                    tracker.Adopt(now);
            }
        }
        return true;
    }

    /// <summary>Whether no other silo watches over a session that this one answers for.</summary>
    /// <remarks>Of a silo that has died, all others watch over the sessions: that one of them hears the client would not
    /// keep the rest from closing it. Only a new attachment does.</remarks>
    public bool IsOnlyWatcher(long id) => silos is null || Find(id)?.Silo == replica.Identity;

    private Session? Find(long id)
    {
        using (replica.Lock.EnterRead())
            return replica.State.Sessions.GetValueOrDefault(id);
    }

    private async Task<bool> IsAbandonedAsync(Guid silo) =>
        silos is null || (await silos.ReadAsync(CancellationToken.None)).All(entered => entered.Identity != silo);
}
