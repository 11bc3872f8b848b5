namespace Coordination.Client.Reading;

/// <summary>A part of a list of children.</summary>
/// <param name="Zxid">The zxid that the list is of.</param>
/// <param name="IsLast">Whether the list ends with it.</param>
/// <param name="Children">The children.</param>
internal sealed record ChildrenPage(long Zxid, bool IsLast, IReadOnlyList<ZnodeChild> Children);
