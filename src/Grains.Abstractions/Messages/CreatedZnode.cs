using Coordination.Protocol;
using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A znode that was created.</summary>
/// <param name="Path">Its path, with the suffix if it is sequential.</param>
/// <param name="Stat">Its Stat. The czxid serves as a fencing token.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.CreatedZnode")]
public sealed record CreatedZnode(
    [property: Id(0)] string Path,
    [property: Id(1)] Stat Stat)
{
    /// <summary>The zxid of the create.</summary>
    public long Zxid => Stat.Czxid;
}
