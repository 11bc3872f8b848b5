using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans;

/// <summary>What a grain can ask of its runtime for itself.</summary>
public static class GrainBaseExtensions
{
    /// <summary>
    /// Deactivates the grain once the requests under way are done. Those that wait, or come meanwhile, go to a new
    /// activation.
    /// </summary>
    /// <param name="grain">The grain.</param>
    public static void DeactivateOnIdle(this IGrainBase grain) => grain.GrainContext.Deactivate(
        new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    /// <summary>
    /// Creates a timer. Its ticks run as turns of the grain, never two of the same timer at a time: the period counts
    /// from the end of a tick. What a tick throws is logged and ends nothing. Timers do not outlive the activation.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="grain">The grain.</param>
    /// <param name="callback">What to do at a tick. Its token is cancelled when the timer is disposed.</param>
    /// <param name="state">What to pass to the callback.</param>
    /// <param name="options">When and how it ticks.</param>
    /// <returns>The timer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A time is negative and not infinite, or more than 4294967294 milliseconds.
    /// </exception>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain,
        Func<TState, CancellationToken, Task> callback,
        TState state,
        GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(callback);
        return GrainTimer.Start(((Grain)grain).Activation, token => callback(state, token), options);
    }

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RegisterGrainTimer(grain, (passed, _) => callback(passed), state, options);
    }

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer(
        this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RegisterGrainTimer(grain, static (passed, token) => passed(token), callback, options);
    }

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer(
        this IGrainBase grain, Func<Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RegisterGrainTimer(grain, static (passed, _) => passed(), callback, options);
    }

    /// <summary>Creates a timer; see the overload with options.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="grain">The grain.</param>
    /// <param name="callback">What to do at a tick. Its token is cancelled when the timer is disposed.</param>
    /// <param name="state">What to pass to the callback.</param>
    /// <param name="dueTime">The time to the first tick.</param>
    /// <param name="period">The time from the end of a tick to the next.</param>
    /// <returns>The timer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A time is negative and not infinite, or more than 4294967294 milliseconds.
    /// </exception>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain,
        Func<TState, CancellationToken, Task> callback,
        TState state,
        TimeSpan dueTime,
        TimeSpan period) =>
        RegisterGrainTimer(grain, callback, state, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, TimeSpan, TimeSpan)"/>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(grain, callback, state, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, TimeSpan, TimeSpan)"/>
    public static IGrainTimer RegisterGrainTimer(
        this IGrainBase grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, TimeSpan, TimeSpan)"/>
    public static IGrainTimer RegisterGrainTimer(
        this IGrainBase grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));
}
