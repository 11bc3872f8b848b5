using Coordination.Protocol;

namespace Coordination.Grains.Writing;

/// <summary>What became of a write, kept for one who awaits it.</summary>
/// <param name="Error">Ok, or why nothing was done.</param>
/// <param name="Zxid">The entry's zxid; of a refused write, the last zxid that its refusal rests on.</param>
/// <param name="Path">The znode that the first change changed, with its suffix if it is sequential.</param>
/// <param name="Stat">That znode's Stat right after the change.</param>
/// <param name="FirstNumber">For a block of numbers: the first of them.</param>
public sealed record WriteReply(ErrorCode Error, long Zxid, string Path, Stat Stat, long FirstNumber);
