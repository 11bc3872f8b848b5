using System.Diagnostics.CodeAnalysis;
using Orleans.Activations;
using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of all grain classes. A grain is constructed by the runtime, with services as constructor arguments, when
/// the first call to its identity comes. There is at most one activation of an identity, its code runs in turns, one
/// at a time, and awaits inside it resume in a turn of the same grain.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Creates a grain, in a turn of its activation.</summary>
    protected Grain() => GrainContext = TurnScheduler.Current;

    /// <summary>Gets the grain as the runtime sees it; null if the grain was not created by the runtime.</summary>
    [AllowNull]
    public IGrainContext GrainContext { get; }

    /// <summary>Gets the identity of the grain as text.</summary>
    public string IdentityString => Activation.Id.ToString();

    /// <summary>Gets what gives out references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Silo.Factory;

    /// <summary>Gets the services of this activation.</summary>
    protected internal IServiceProvider ServiceProvider => Activation.ActivationServices;

    internal Activation Activation => GrainContext as Activation ?? throw new InvalidOperationException(
        "Grain was created outside of the Orleans creation process and no runtime was specified.");

    /// <summary>
    /// Called before the first request. If it throws, the requests that wait fail with the exception.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when activation has taken too long.</param>
    /// <returns>A task that completes when the grain is ready.</returns>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after the last request, unless activation failed. What it throws is logged.</summary>
    /// <param name="reason">Why the grain is deactivated.</param>
    /// <param name="cancellationToken">Cancelled when deactivation has taken too long.</param>
    /// <returns>A task that completes when the grain may be dropped.</returns>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>
    /// Deactivates the grain once the requests under way are done. Those that wait, or come meanwhile, go to a new
    /// activation.
    /// </summary>
    protected void DeactivateOnIdle() => Activation.Deactivate(
        new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    /// <summary>Keeps the grain from being collected as idle.</summary>
    /// <param name="timeSpan">
    /// For how long from now; zero or less goes back to the normal rule, <see cref="Timeout.InfiniteTimeSpan"/> or
    /// <see cref="TimeSpan.MaxValue"/> means for good.
    /// </param>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
