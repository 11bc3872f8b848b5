using Coordination.Differential.Tests.Differences;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Comparing;

/// <summary>Compares what two servers made of a sequence, step by step.</summary>
internal sealed class StepComparison(WantedDifferences wanted)
{
    private readonly ZxidOrder _zxids = new();
    private readonly ChangeTimes _ourTimes = new();
    private readonly ChangeTimes _theirTimes = new();
    private readonly SequenceHistory _history = new();

    /// <summary>Set when a wanted difference has left the servers in different states: there is nothing more to compare.</summary>
    public bool IsOver { get; private set; }

    /// <returns>What differs and is not wanted; null for nothing.</returns>
    public string? Add(Step step, Received ours, Received theirs)
    {
        _history.Add(step);
        for (int session = 0; session < ours.Sessions.Length; session++)
        {
            var pair = new ItemPair(
                step, session, _history, [.. ours.Sessions[session]], [.. theirs.Sessions[session]], ours.WriteZxids);
            wanted.Excuse(pair);
            IsOver |= pair.LeavesDifferentStates;
            // What came behind it in the same step may be another thing already.
            if (IsOver)
                return null;
            if ((DifferenceOfTexts(pair) ?? DifferenceOfNumbers(pair)) is { } difference)
                return $"session {session}: {difference}";
        }

        return null;
    }

    private static string? DifferenceOfTexts(ItemPair pair)
    {
        for (int i = 0; i < Math.Max(pair.Ours.Count, pair.Theirs.Count); i++)
        {
            if (i >= pair.Ours.Count)
                return $"only ZooKeeper: {pair.Theirs[i].Text}";
            if (i >= pair.Theirs.Count)
                return $"only the silo: {pair.Ours[i].Text}";
            if (!pair.Ours[i].Says(pair.Theirs[i]))
                return $"the silo: {pair.Ours[i].Text}; ZooKeeper: {pair.Theirs[i].Text}";
        }

        return null;
    }

    private string? DifferenceOfNumbers(ItemPair pair)
    {
        foreach (var (ours, theirs) in pair.Ours.Zip(pair.Theirs))
        {
            foreach (var (our, their) in ours.Zxids.Zip(theirs.Zxids))
            {
                if (_zxids.Add(our, their) is { } outOfOrder)
                    return outOfOrder;
            }

            foreach (var (times, items, server) in
                new[] { (_ourTimes, ours.Times, "silo"), (_theirTimes, theirs.Times, "ZooKeeper") })
            {
                foreach (var (zxid, time) in items)
                {
                    if (times.Add(zxid, time) is { } wrong)
                        return $"{server}: {wrong}";
                }
            }
        }

        return null;
    }
}
