namespace Coordination.Scheduler.Coordinating;

/// <summary>Where in the tree things are.</summary>
internal static class SchedulerPaths
{
    /// <summary>What everything is below.</summary>
    public const string Root = "/taier";

    /// <summary>The service name below <see cref="Root"/> that nodes register under.</summary>
    public const string Nodes = "nodes";

    /// <summary>Where candidates for the lead queue.</summary>
    public const string Master = "/taier/master";

    /// <summary>The configuration.</summary>
    public const string Configuration = "/taier/conf";

    /// <summary>The quotas, one znode for each job.</summary>
    public const string Quotas = "/taier/quota";

    /// <summary>The locks, one for each job.</summary>
    public const string Locks = "/taier/locks";

    /// <summary>The runs that are to be done, in their order.</summary>
    public const string Queue = "/taier/runs/queue";

    /// <summary>Who has claimed which.</summary>
    public const string Claims = "/taier/runs/claims";

    /// <summary>How far each job's schedule was carried out.</summary>
    public static string Cursor(string job) => $"/taier/schedule/{job}";
}
