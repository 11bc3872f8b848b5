namespace Coordination.Scheduler.Configuration;

/// <summary>What a node is told of itself: the section <c>Scheduler</c>.</summary>
internal sealed class SchedulerOptions
{
    /// <summary>The section.</summary>
    public const string Section = "Scheduler";

    /// <summary>The node's name, which must be its own.</summary>
    public string Node { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>The folder of the result database, which all nodes share.</summary>
    public string Folder { get; set; } = "data/scheduler";

    /// <summary>How many runs the node works on at a time.</summary>
    public int Slots { get; set; } = 2;

    /// <summary>What a worker does when it learns that it has lost its lock.</summary>
    public LossPolicy OnLoss { get; set; }
}
