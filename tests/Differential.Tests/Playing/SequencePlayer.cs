using System.Globalization;
using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Differences;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Playing;

/// <summary>Plays sequences against both servers, each under a root of its own.</summary>
internal sealed class SequencePlayer(ServerPair servers, WantedDifferences wanted)
{
    private int _played;

    /// <summary>Plays a sequence until its end or its first unwanted difference.</summary>
    public async Task<PlayedSequence> PlayAsync(IReadOnlyList<Step> steps)
    {
        // All of one length, so that data that ends in a path is of one length as well.
        string root = string.Create(CultureInfo.InvariantCulture, $"/d{Interlocked.Increment(ref _played):d8}");
        await servers.CreateAsync(root);
        await using var ours = new Side(servers.Ours, root);
        await using var theirs = new Side(servers.Theirs, root);
        var comparison = new StepComparison(wanted);
        var played = new List<PlayedStep>();
        foreach (var step in steps)
        {
            var our = ours.PlayAsync(step);
            var their = theirs.PlayAsync(step);
            await Task.WhenAll(our, their);
            played.Add(new PlayedStep(step, await our, await their));
            if (comparison.Add(step, await our, await their) is { } difference)
                return new PlayedSequence(played, difference);
            if (comparison.IsOver)
                break;
        }

        return new PlayedSequence(played, null);
    }
}
