using Coordination.Protocol;

namespace Coordination.Engine.Following;

/// <summary>What a stretch of the log tells of a znode so far.</summary>
internal sealed class TracedZnode
{
    /// <summary>Its data.</summary>
    public KnownData Data { get; set; }

    /// <summary>Its ACL; null where the stretch does not tell.</summary>
    public Acl[]? Acl { get; set; }

    /// <summary>Its Stat, but for its children; null where it was not created in the stretch.</summary>
    public Stat? Stat { get; set; }

    /// <summary>How many children were created in it, all of them where its Stat is known.</summary>
    public int CreatedChildren { get; set; }
}
