namespace Coordination.Engine.Quotas;

/// <summary>What there will be under a quota once the entry that sets it is applied.</summary>
/// <param name="Zxid">The entry.</param>
/// <param name="Path">The quota's path.</param>
/// <param name="Count">How many znodes.</param>
/// <param name="Bytes">How many bytes of data.</param>
internal readonly record struct QuotaUsage(long Zxid, byte[] Path, long Count, long Bytes);
