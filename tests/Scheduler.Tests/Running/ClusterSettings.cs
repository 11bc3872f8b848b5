using Coordination.Scheduler.Configuration;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>What the nodes of a test do.</summary>
internal sealed record ClusterSettings
{
    /// <summary>The jobs.</summary>
    public required JobCatalogue Jobs { get; init; }

    /// <summary>The job that they race for.</summary>
    public CleanOptions Clean { get; init; } = new();

    /// <summary>How many runs each works on, or holds until their job's turn comes.</summary>
    public int Slots { get; init; } = 2;

    /// <summary>What their workers do who lose a lock.</summary>
    public LossPolicy OnLoss { get; init; }
}
