using System.Diagnostics;

namespace Coordination.Cluster.Tests;

/// <summary>Waits for what is to come, within a bound.</summary>
internal static class Eventually
{
    /// <summary>Waits until a condition holds.</summary>
    /// <returns>How long it took.</returns>
    internal static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> otherwise)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < within, $"after {within.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(20);
        }
        return Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, TimeSpan, Func{string})"/>
    internal static Task<TimeSpan> TrueAsync(Func<bool> condition, TimeSpan within, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(condition()), within, otherwise);
}
