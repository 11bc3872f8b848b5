namespace Coordination.Storage;

/// <summary>What a silo does for its cluster.</summary>
public enum SiloRole
{
    /// <summary>It may lead: do what one silo does for all.</summary>
    Participant,

    /// <summary>It serves its clients and leads never; ZooKeeper's <c>peerType=observer</c>.</summary>
    Observer,
}
