namespace Coordination.Engine.Quotas;

/// <summary>Hears of writes that go over a quota, taken or refused.</summary>
public interface IQuotaListener
{
    /// <summary>A write goes over a limit. Called while the write is validated: it must only take note.</summary>
    /// <param name="path">The quota's path in UTF-8.</param>
    /// <param name="kind">The limit; a write over a hard one is refused.</param>
    /// <param name="usage">What there would be, or is, after the write.</param>
    /// <param name="limit">The most that the limit allows.</param>
    void LimitExceeded(ReadOnlySpan<byte> path, QuotaLimitKind kind, long usage, long limit);
}
