namespace Orleans.Conformance.Hosting;

/// <summary>What a test asks of its host. All times are short, for a runtime may have to wait them out.</summary>
public sealed record GrainHostSettings
{
    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan CollectionQuantum { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan MinimumReminderPeriod { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan DeactivationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxEnqueuedRequests { get; init; } = 10_000;

    /// <summary>Gets where reminders outlive the host; null if they need not.</summary>
    public string? ReminderStore { get; init; }
}
