namespace Coordination.Engine.Quotas;

/// <summary>What a limit of a quota limits.</summary>
public enum QuotaLimitKind
{
    /// <summary>How many znodes there should be.</summary>
    SoftCount,

    /// <summary>How many znodes there may be.</summary>
    HardCount,

    /// <summary>How many bytes of data there should be.</summary>
    SoftBytes,

    /// <summary>How many bytes of data there may be.</summary>
    HardBytes,
}
