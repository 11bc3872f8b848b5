using Orleans.Timers;

namespace Orleans.Activations;

/// <summary>
/// What an activation needs only at its end, or if it has timers; apart, so that the others stay small.
/// </summary>
internal sealed class ActivationExtras
{
    public HashSet<GrainTimer>? Timers { get; set; }

    public DeactivationReason Reason { get; set; }

    public CancellationToken Cutoff { get; set; }

    /// <summary>Gets or sets why the grain could not be activated.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Gets or sets whether activation had been completed when deactivation began.</summary>
    public bool WasValid { get; set; }

    public TaskCompletionSource Deactivated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
