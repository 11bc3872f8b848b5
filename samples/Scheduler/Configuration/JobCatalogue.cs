namespace Coordination.Scheduler.Configuration;

/// <summary>The jobs by name: the section <c>Jobs</c>.</summary>
internal sealed class JobCatalogue : Dictionary<string, JobOptions>
{
    /// <summary>The section.</summary>
    public const string Section = "Jobs";

    public JobCatalogue()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}
