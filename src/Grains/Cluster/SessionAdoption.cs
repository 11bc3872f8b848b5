using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Answers for the sessions of silos that have died or left.</summary>
/// <remarks>
/// <para>All survivors answer for all of them. Whoever is first closes a silent one; a client that comes back is attached
/// anew, by an entry, which ends the watching of the others.</para>
/// <para>There may be a million: looking whose there are takes no longer for that, and they are adopted in pieces, between
/// which whoever waits for the replica's lock has it.</para>
/// </remarks>
internal sealed partial class SessionAdoption(Replica replica, SessionTracker tracker, ILogger logger)
{
    private const int MostAtOnce = 256;

    // Up to which attachment the sessions of a silo that is gone were looked through.
    private readonly Dictionary<Guid, long> _adopted = [];

    /// <summary>Looks which other silos have sessions that may not be answered for here.</summary>
    /// <returns>The last attachment to each that there is.</returns>
    /// <remarks>Those that live among them. One that is gone may still have attached a session, by an entry that came late.</remarks>
    public Dictionary<Guid, long> FindOwners()
    {
        var owners = new Dictionary<Guid, long>();
        using (replica.Lock.EnterRead())
        {
            var silos = replica.State.SessionsBySilo;
            foreach (var silo in _adopted.Keys.Where(silo => silos.Find(silo) is null).ToArray())
                _adopted.Remove(silo);
            foreach (var silo in silos)
            {
                if (silo.Silo != replica.Identity && silo.LastAttachZxid > _adopted.GetValueOrDefault(silo.Silo))
                    owners.Add(silo.Silo, silo.LastAttachZxid);
            }
        }
        return owners;
    }

    /// <summary>Answers for all sessions of silos that are gone. Not to be called again before it has ended.</summary>
    /// <param name="owners">Those of <see cref="FindOwners"/> that are gone.</param>
    /// <param name="cancellationToken">Ends it before its end.</param>
    public async Task AdoptAsync(IReadOnlyDictionary<Guid, long> owners, CancellationToken cancellationToken)
    {
        int adopted = 0;
        foreach (var (silo, lastAttachZxid) in owners)
        {
            int left = int.MaxValue;
            do
            {
                // Not on the thread that beats, which is not to be late for them.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                replica.Lock.LetWriterIn();
                left = AdoptSome(silo, left, ref adopted);
            }
            while (left > 0);
            _adopted[silo] = lastAttachZxid;
        }
        if (adopted > 0)
            LogAdopted(adopted);
    }

    // What has closed or moved meanwhile is not among them any more.
    private int AdoptSome(Guid silo, int below, ref int adopted)
    {
        using (replica.Lock.EnterRead())
        {
            if (replica.State.SessionsBySilo.Find(silo) is not { } sessions)
                return 0;
            int from = Math.Min(below, sessions.Count);
            int to = Math.Max(0, from - MostAtOnce);
            for (int place = from - 1; place >= to; place--)
            {
                if (tracker.Find(sessions[place].Id) is not null)
                    continue;
                tracker.Adopt(sessions[place]);
                adopted++;
            }
            return to;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} sessions of silos that are gone have their full timeout to come back")]
    private partial void LogAdopted(int count);
}
