namespace Orleans.Runtime;

/// <summary>One activation of a grain, as the runtime sees it.</summary>
public interface IGrainContext
{
    /// <summary>Gets the identity of the grain.</summary>
    GrainId GrainId { get; }

    /// <summary>Gets the grain itself; null until it has been constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>Gets the services of this activation, in a scope that ends with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Gets a task that completes when this activation is no more.</summary>
    Task Deactivated { get; }

    /// <summary>
    /// Deactivates the grain once the requests under way are done. Those that wait, or come meanwhile, go to a new
    /// activation. Does nothing if it is being deactivated already.
    /// </summary>
    /// <param name="deactivationReason">What the grain is told as the reason.</param>
    /// <param name="cancellationToken">Cuts deactivation short.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
