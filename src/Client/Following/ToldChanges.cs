namespace Coordination.Client.Following;

/// <summary>All changes of one zxid that a watch was told of; none where only that zxid was told.</summary>
/// <param name="Changes">The changes, in order.</param>
/// <param name="Zxid">All up to this zxid is told with them.</param>
/// <param name="Bytes">How much memory they take, about.</param>
internal readonly record struct ToldChanges(List<ZnodeChange> Changes, long Zxid, long Bytes);
