namespace Coordination.Differential.Tests.Comparing;

/// <summary>Two servers number their changes differently: their numbers must be in the same order.</summary>
internal sealed class ZxidOrder
{
    private readonly SortedDictionary<long, long> _theirs = [];

    /// <summary>Takes note that a change has these two numbers.</summary>
    /// <returns>What is wrong with that; null for nothing.</returns>
    public string? Add(long ours, long theirs)
    {
        if (_theirs.TryGetValue(ours, out long known))
            return known == theirs ? null : $"our zxid 0x{ours:x} is both 0x{known:x} and 0x{theirs:x} there";
        if ((ours == 0) != (theirs == 0))
            return $"our zxid 0x{ours:x} is 0x{theirs:x} there";
        foreach (var (otherOurs, otherTheirs) in _theirs)
        {
            if (otherTheirs == theirs || (otherOurs < ours) != (otherTheirs < theirs))
            {
                return $"our zxids 0x{ours:x} and 0x{otherOurs:x} are 0x{theirs:x} and 0x{otherTheirs:x} there, "
                    + "in another order";
            }
        }

        _theirs.Add(ours, theirs);
        return null;
    }
}
