namespace Coordination.Scheduler.Configuration;

/// <summary>A job: <c>Jobs:NAME</c> in the settings. What stands below <c>/taier/conf/jobs/NAME</c> has the last word, and
/// changes while everything runs.</summary>
internal sealed class JobOptions
{
    /// <summary>When it runs, in Quartz's syntax and in UTC.</summary>
    public string Cron { get; set; } = "";

    /// <summary>How long an attempt may take; a change counts for those that are running.</summary>
    public double TimeoutSeconds { get; set; } = 60;

    /// <summary>How many attempts may time out or fail before the run is given up. Those that were lost with their worker do
    /// not count.</summary>
    public int MaxFailures { get; set; } = 3;

    /// <summary>How many pieces its work has.</summary>
    public int Batches { get; set; } = 1;

    /// <summary>How long each takes.</summary>
    public double BatchSeconds { get; set; } = 0.1;

    /// <summary>How much memory each takes.</summary>
    public int BatchMegabytes { get; set; } = 1;
}
