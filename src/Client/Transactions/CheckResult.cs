namespace Coordination.Client;

/// <summary>A version was found as expected.</summary>
public sealed record CheckResult : TransactionResult;
