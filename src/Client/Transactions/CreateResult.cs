using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>A znode was created.</summary>
/// <param name="Path">Its path, with its number where it was created as a sequential one.</param>
/// <param name="Stat">Its Stat; null where the server does not tell, as it does not of plain creates.</param>
public sealed record CreateResult(string Path, Stat? Stat) : TransactionResult;
