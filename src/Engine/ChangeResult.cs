using Coordination.Protocol;

namespace Coordination.Engine;

/// <summary>What one change did, as a client is told.</summary>
/// <param name="Path">The znode, with its suffix if it is sequential; valid only while the result is handed over.</param>
/// <param name="Stat">The znode's Stat right after the change; default for a delete.</param>
public readonly record struct ChangeResult(ReadOnlyMemory<byte> Path, Stat Stat);
