using System.Diagnostics;
using Coordination.Differential.Tests.Playing;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Shrinking;

/// <summary>Looks for the least sequence that still shows a difference: fewer steps first, then simpler ones.</summary>
internal sealed class Shrinker(SequencePlayer player, TimeSpan longest)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    private bool IsOutOfTime => Stopwatch.GetElapsedTime(_started) > longest;

    public async Task<PlayedSequence> ShrinkAsync(PlayedSequence failing)
    {
        // Nothing behind the difference was played.
        var least = failing;
        bool isSmaller = true;
        while (isSmaller && !IsOutOfTime)
        {
            var before = least;
            least = await WithFewerStepsAsync(least);
            least = await WithSimplerStepsAsync(least);
            isSmaller = !ReferenceEquals(before, least);
        }

        return least;
    }

    private async Task<PlayedSequence> WithFewerStepsAsync(PlayedSequence least)
    {
        for (int length = Math.Max(1, least.Steps.Count / 2); length > 0; length /= 2)
        {
            for (int start = least.Steps.Count - length; start >= 0 && !IsOutOfTime; start -= length)
            {
                var steps = least.Steps.Select(step => step.Step).ToList();
                if (start + length > steps.Count)
                    continue;
                steps.RemoveRange(start, length);
                least = await StillFailingAsync(steps) ?? least;
            }
        }

        return least;
    }

    private async Task<PlayedSequence> WithSimplerStepsAsync(PlayedSequence least)
    {
        for (int i = 0; i < least.Steps.Count; i++)
        {
            bool isSimpler = true;
            while (isSimpler && i < least.Steps.Count)
            {
                isSimpler = false;
                foreach (var simpler in least.Steps[i].Step.Simpler())
                {
                    if (IsOutOfTime)
                        return least;
                    var steps = least.Steps.Select(step => step.Step).ToList();
                    steps[i] = simpler;
                    if (await StillFailingAsync(steps) is not { } smaller)
                        continue;
                    least = smaller;
                    isSimpler = true;
                    break;
                }
            }
        }

        return least;
    }

    private async Task<PlayedSequence?> StillFailingAsync(List<Step> steps)
    {
        var played = await player.PlayAsync(steps);
        return played.Difference is null ? null : played;
    }
}
