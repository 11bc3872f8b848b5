namespace Coordination.Client;

/// <summary>A znode was deleted.</summary>
public sealed record DeleteResult : TransactionResult;
