using Coordination.Storage;

namespace Coordination.Grains.Cluster;

/// <summary>Which silos there are, as the database told last, and which of them leads.</summary>
/// <remarks>What the leader does, sweeping and carrying the checkpoint above all, is what one silo does for all. That two
/// take themselves for it for a while does no harm: each of these things is decided where it is done.</remarks>
public sealed class Ensemble
{
    private readonly Guid _identity;
    private volatile Members _members;

    /// <summary>Makes the view of a silo that is one of several.</summary>
    /// <param name="identity">The life of this silo.</param>
    /// <param name="role">What it is for the others.</param>
    /// <param name="silos">Those that are entered, this one among them.</param>
    public Ensemble(Guid identity, SiloRole role, IReadOnlyList<SiloRecord> silos)
    {
        _identity = identity;
        Role = role;
        _members = Members.Of(silos);
    }

    /// <summary>The view of a silo that has its log to itself.</summary>
    /// <param name="identity">The life of this silo.</param>
    public static Ensemble Alone(Guid identity) => new(identity, SiloRole.Participant, []) { IsAlone = true };

    /// <summary>Whether the silo has its log to itself.</summary>
    public bool IsAlone { get; private init; }

    /// <summary>What this silo is for the others.</summary>
    public SiloRole Role { get; }

    /// <summary>All silos that are entered, in the order of their numbers; none for one that is alone.</summary>
    public IReadOnlyList<SiloRecord> Silos => _members.Silos;

    /// <summary>The silos that clients can go to, in the order of their numbers: of one that has come back before its former
    /// life was found dead, which its address tells, the life that it has now.</summary>
    public IReadOnlyList<SiloRecord> Present => _members.Present;

    /// <summary>The one that leads: of those that may, the one that entered first. Null where none may, or for one that is
    /// alone.</summary>
    public SiloRecord? Leader => _members.Leader;

    /// <summary>This silo, as it is entered; null for one that is alone, or was taken off.</summary>
    public SiloRecord? Self => Silos.FirstOrDefault(silo => silo.Identity == _identity);

    /// <summary>Whether this silo leads.</summary>
    public bool IsLeader => IsAlone || Leader?.Identity == _identity;

    /// <summary>Takes what the database told.</summary>
    public void Update(IReadOnlyList<SiloRecord> silos) => _members = Members.Of(silos);

    private sealed record Members(
        IReadOnlyList<SiloRecord> Silos, IReadOnlyList<SiloRecord> Present, SiloRecord? Leader)
    {
        public static Members Of(IReadOnlyList<SiloRecord> silos) => new(
            silos, [.. silos.Where(silo => !silos.Any(other => IsLaterLife(other, silo)))],
            silos.Where(silo => silo.Entry.Role == SiloRole.Participant).MinBy(silo => silo.Order));

        // Those that do not say how they are reached say the same, each of a machine of its own.
        private static bool IsLaterLife(SiloRecord later, SiloRecord silo) =>
            later.Order > silo.Order && later.Entry.ClientAddress == silo.Entry.ClientAddress
            && EnsembleText.IsReachable(silo.Entry.ClientAddress);
    }
}
