namespace Coordination.Scheduler.Coordinating;

/// <summary>What a job may take: <c>/taier/quota/JOB</c>.</summary>
/// <param name="Cpu">How many of its batches may be worked on at a time.</param>
/// <param name="MemoryMegabytes">How much memory these may have together. A batch that alone takes more waits until the
/// quota is raised, or its run's time is over.</param>
internal sealed record Quota(int Cpu, int MemoryMegabytes)
{
    /// <summary>For those that nobody has given any.</summary>
    public static Quota Default { get; } = new(2, 64);
}
