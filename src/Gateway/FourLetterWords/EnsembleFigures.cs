using Coordination.Grains.Cluster;
using Coordination.Storage;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>What <c>mntr</c> tells of an ensemble, under ZooKeeper's names.</summary>
/// <remarks>All silos that are there count as synced: each asks the log itself, and serves nobody where it cannot.</remarks>
internal static class EnsembleFigures
{
    /// <summary>What one silo tells: the leader of all, another of itself.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Of(Ensemble ensemble)
    {
        var silos = ensemble.Present;
        int participants = silos.Count(static silo => silo.Entry.Role == SiloRole.Participant);
        yield return new("quorum_size", participants);
        string does = ensemble.Role == SiloRole.Observer ? "observing" : ensemble.IsLeader ? "leading" : "following";
        yield return new("peer_state", $"{does} - broadcast");
        if (!ensemble.IsLeader)
            yield break;
        yield return new("learners", silos.Count - 1);
        yield return new("synced_followers", participants - 1);
        yield return new("synced_non_voting_followers", 0);
        yield return new("synced_observers", silos.Count - participants);
        // Nobody waits for a leader to answer a sync.
        yield return new("pending_syncs", 0);
    }
}
