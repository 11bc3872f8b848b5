using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>The way from a silo to the database and back, and what goes wrong on it.</summary>
internal sealed class DatabaseLink(SimulatedProcess process, DatabaseWeather weather, int silo)
{
    private readonly Simulator _simulator = process.Simulator;

    /// <summary>Has something done in the database.</summary>
    /// <param name="what">What the trace calls it; null where it tells nothing.</param>
    /// <param name="execute">What is done there, at one moment.</param>
    /// <param name="isAppend">Whether it matters that an answer was lost: then it is said that the outcome is unknown.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent is carried out all the same.</param>
    /// <exception cref="LogUnavailableException">The database cannot be reached; of an append: nothing was done.</exception>
    /// <exception cref="LogOutcomeUnknownException">The answer of an append was lost.</exception>
    public ValueTask<T> CallAsync<T>(
        string? what, Func<T> execute, bool isAppend = false, CancellationToken cancellationToken = default)
    {
        var call = new TaskCompletionSource<T>();
        if (cancellationToken.CanBeCanceled)
        {
            var registration = cancellationToken.UnsafeRegister(_ => call.TrySetCanceled(cancellationToken), null);
            process.Schedule(weather.LongestCall, registration.Dispose);
        }
        if (weather.IsCut(silo) && !_simulator.Happens(weather.SilentShare))
            Answer(call, weather.Latency(), () => throw new LogUnavailableException("the connection is refused"), what);
        else
            process.Schedule(TimeSpan.Zero, () => Send(call, what, execute, isAppend));
        SimulatedThread.Current?.WaitUntil(() => call.Task.IsCompleted);
        return new ValueTask<T>(call.Task);
    }

    // From here on it is the network's, and the database's: that the silo pauses, or dies, does not keep it back.
    private void Send<T>(TaskCompletionSource<T> call, string? what, Func<T> execute, bool isAppend)
    {
        if (IsLost())
        {
            // It may lie somewhere on the way, and be carried out when nobody waits for it any more.
            if (isAppend && _simulator.Happens(weather.LateShare))
                _simulator.Schedule(weather.Latency() + weather.Silence(), null, () => execute());
            Lose(call, what, isAppend);
            return;
        }
        _simulator.Schedule(weather.Latency(), null, () =>
        {
            if (IsLost())
            {
                Lose(call, what, isAppend);
                return;
            }
            T result;
            try
            {
                result = execute();
            }
            catch (Exception e) when (e is not SimulationFailure)
            {
                Answer(call, weather.Latency(), () => throw e, what);
                return;
            }
            if (IsLost())
                Lose(call, what, isAppend);
            else
                Answer(call, weather.Latency(), () => result, what);
        });
    }

    private static Exception FailureOf(bool isAppend) => isAppend
        ? new LogOutcomeUnknownException("the connection broke")
        : new LogUnavailableException("the connection broke");

    private bool IsLost() => weather.IsCut(silo) || _simulator.Happens(weather.LossOf(silo));

    private void Lose<T>(TaskCompletionSource<T> call, string? what, bool isAppend) =>
        Answer(call, weather.Silence(), () => throw FailureOf(isAppend), what);

    private void Answer<T>(TaskCompletionSource<T> call, TimeSpan delay, Func<T> outcome, string? what) =>
        process.Schedule(delay, () =>
        {
            try
            {
                call.TrySetResult(outcome());
            }
            catch (Exception e)
            {
                if (what is not null)
                    _simulator.Tell($"{process.Name}: {what}: {e.Message}");
                call.TrySetException(e);
            }
        });
}
