namespace Coordination.Engine.Quotas;

/// <summary>How quotas are enforced.</summary>
public sealed record QuotaSettings
{
    /// <summary>Whether writes are held to quotas; ZooKeeper's <c>enforceQuota</c>. Usage is shown in any case.</summary>
    public bool AreEnforced { get; init; } = true;

    /// <summary>Hears of writes over a limit; null for nobody.</summary>
    public IQuotaListener? Listener { get; init; }
}
