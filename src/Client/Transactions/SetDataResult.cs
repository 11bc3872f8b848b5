using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>Data was set.</summary>
/// <param name="Stat">The znode's Stat as of then.</param>
public sealed record SetDataResult(Stat Stat) : TransactionResult;
