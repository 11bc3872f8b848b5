namespace Coordination.Scheduler.Configuration;

/// <summary>The job that cleans up: the section <c>Clean</c>.</summary>
internal sealed class CleanOptions
{
    /// <summary>The section.</summary>
    public const string Section = "Clean";

    /// <summary>Its name among the jobs.</summary>
    public const string Job = "daily-clean";

    /// <summary>When it runs, in Quartz's syntax and in UTC.</summary>
    public string Cron { get; set; } = "0 0 0 * * ?";

    /// <summary>How long finished runs are kept.</summary>
    public double KeepDays { get; set; } = 30;

    /// <summary>How long it takes at least.</summary>
    public double Seconds { get; set; }
}
