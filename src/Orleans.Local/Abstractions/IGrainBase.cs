using Orleans.Runtime;

namespace Orleans;

/// <summary>What the runtime asks of an object that is a grain. Derive from <see cref="Grain"/>.</summary>
public interface IGrainBase
{
    /// <summary>Gets the grain as the runtime sees it.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>
    /// Called before the first request. If it throws, the requests that wait fail with the exception.
    /// </summary>
    /// <param name="token">Cancelled when activation has taken too long.</param>
    /// <returns>A task that completes when the grain is ready.</returns>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Called after the last request, unless activation failed.</summary>
    /// <param name="reason">Why the grain is deactivated.</param>
    /// <param name="token">Cancelled when deactivation has taken too long.</param>
    /// <returns>A task that completes when the grain may be dropped.</returns>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
