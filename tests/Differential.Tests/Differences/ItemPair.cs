using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Differences;

/// <summary>What one connection received of each server during a step; wanted differences are taken out of it.</summary>
internal sealed class ItemPair(
    Step step, int session, SequenceHistory history, List<Item> ours, List<Item> theirs, IReadOnlyList<long> ourWriteZxids)
{
    public Step Step => step;

    /// <summary>The session whose connection it is, which need not be that of the step.</summary>
    public int Session => session;

    public SequenceHistory History => history;

    public List<Item> Ours => ours;

    public List<Item> Theirs => theirs;

    /// <summary>The zxids of the changes that the step made in the silo.</summary>
    public IReadOnlyList<long> OurWriteZxids => ourWriteZxids;

    /// <summary>Set by a difference after which the servers are not in the same state any more.</summary>
    public bool LeavesDifferentStates { get; set; }

    public bool SaysTheSame => ours.Count == theirs.Count && ours.Zip(theirs).All(pair => pair.First.Says(pair.Second));
}
