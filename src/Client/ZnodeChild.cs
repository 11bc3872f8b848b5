using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>A child of a znode, as <see cref="ICoordinationClient.EnumerateChildrenAsync"/> finds it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How what is told of it stands to <paramref name="AsOfZxid"/>.</param>
/// <param name="Data">Its data; null too where it is gone or may not be read.</param>
/// <param name="Stat">Its Stat; null where it is gone or may not be read. What it says of the child's own children may be later
/// than <paramref name="AsOfZxid"/>, and then its pzxid is.</param>
/// <param name="AsOfZxid">The zxid that the list is of; -1 where the server cannot tell.</param>
public sealed record ZnodeChild(string Name, ZnodeChildState State, ReadOnlyMemory<byte>? Data, Stat? Stat, long AsOfZxid);
