using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>How grains are run in this process.</summary>
public sealed class LocalOrleansOptions
{
    /// <summary>Gets the assemblies whose grain classes are run.</summary>
    public ICollection<Assembly> GrainAssemblies { get; } = [];

    /// <summary>
    /// Gets or sets how long callers wait for a result, unless the method says otherwise by
    /// <see cref="ResponseTimeoutAttribute"/>. The grain goes on all the same. 30 seconds by default.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long a grain is idle before it is deactivated. 15 minutes by default.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets how often idle grains are looked for. One minute by default.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how long OnActivateAsync may take. 30 seconds by default.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long OnDeactivateAsync may take. 30 seconds by default.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long a stop waits for the grains to deactivate. 30 seconds by default.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how many requests a grain, or an observer, may have waiting and under way: while it has more, those
    /// that come are refused with <see cref="LimitExceededException"/>. 10,000 by default.
    /// </summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; } = 10_000;

    /// <summary>Gets or sets the shortest period that a reminder may have. One minute by default.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets the SQLite file that keeps the reminders, which is created if need be, in a folder that exists.
    /// Null, the default, keeps them in memory only. A file serves one process at a time. What it holds survives the
    /// end of the process, however it comes; a power failure may cost what was registered in the last moments.
    /// </summary>
    public string? ReminderDatabasePath { get; set; }

    internal void Validate()
    {
        RequireWait(ResponseTimeout, nameof(ResponseTimeout));
        RequireWait(CollectionQuantum, nameof(CollectionQuantum));
        RequireWait(ActivationTimeout, nameof(ActivationTimeout));
        RequireWait(DeactivationTimeout, nameof(DeactivationTimeout));
        RequireWait(ShutdownTimeout, nameof(ShutdownTimeout));
        if (CollectionAge <= TimeSpan.Zero || MinimumReminderPeriod <= TimeSpan.Zero)
        {
            throw new OrleansConfigurationException(
                $"{nameof(CollectionAge)} and {nameof(MinimumReminderPeriod)} must be more than zero.");
        }

        if (MaxEnqueuedRequestsHardLimit < 1)
            throw new OrleansConfigurationException($"{nameof(MaxEnqueuedRequestsHardLimit)} must be at least 1.");
    }

    /// <summary>Checks a time that a timer has to wait out.</summary>
    internal static void RequireWait(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
            throw new OrleansConfigurationException($"{name} must be more than zero and at most 24 days, not {value}.");
    }
}
