using Coordination.Protocol;

namespace Coordination.Engine.Following;

/// <summary>One change of one znode, with what it was before.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Path">The znode's path in UTF-8.</param>
/// <param name="Zxid">The entry that did it.</param>
/// <param name="Time">When, in milliseconds since 1970.</param>
/// <param name="Data">The data after it; none where the znode was deleted.</param>
/// <param name="Previous">The data before it; none where the znode was created.</param>
/// <param name="Stat">The Stat after it, and before it where the znode was deleted; null where it is not known.</param>
/// <param name="Acl">The ACL by which it is judged who may hear of it; null where it is not known.</param>
public sealed record ZnodeUpdate(
    ZnodeUpdateKind Kind, byte[] Path, long Zxid, long Time, KnownData Data, KnownData Previous, Stat? Stat, Acl[]? Acl);
