namespace Coordination.Engine.Quotas;

/// <summary>One limit of a quota.</summary>
/// <param name="Kind">What it limits, and whether it refuses.</param>
/// <param name="Most">The most that it allows; -1 for anything.</param>
internal readonly record struct QuotaLimit(QuotaLimitKind Kind, long Most)
{
    public bool IsHard => Kind is QuotaLimitKind.HardCount or QuotaLimitKind.HardBytes;
}
