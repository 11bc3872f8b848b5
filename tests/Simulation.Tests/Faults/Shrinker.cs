using System.Diagnostics;

namespace Coordination.Simulation.Tests.Faults;

/// <summary>Looks for a run that breaks a promise with fewer faults than the one that did.</summary>
/// <remarks>Leaving a fault out changes all that comes after it; so this is a search, and what it finds is a failing run,
/// not always by the same way.</remarks>
internal static class Shrinker
{
    /// <summary>Shrinks a failing run.</summary>
    /// <param name="failing">The run.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="longest">How long to look.</param>
    public static (SimulationRun Run, SimulationOutcome Outcome) Shrink(
        SimulationRun failing, SimulationOutcome outcome, TimeSpan longest)
    {
        var started = Stopwatch.StartNew();
        // What was still to come has no part in it.
        failing = failing with { Faults = [.. failing.Faults.Where(fault => fault.At <= outcome.Length)] };
        for (int pieces = 2; pieces <= 2 * failing.Faults.Count && started.Elapsed < longest;)
        {
            int length = (failing.Faults.Count + pieces - 1) / pieces;
            bool isSmaller = false;
            for (int start = 0; start < failing.Faults.Count && started.Elapsed < longest;)
            {
                var smaller = failing with
                {
                    Faults = [.. failing.Faults.Take(start), .. failing.Faults.Skip(start + length)],
                };
                var played = smaller.Play();
                if (played.Failure is null)
                {
                    start += length;
                    continue;
                }
                (failing, outcome, isSmaller) = (smaller, played, true);
            }
            if (!isSmaller)
                pieces *= 2;
        }
        return (failing, outcome);
    }
}
