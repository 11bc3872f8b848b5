namespace Coordination.Differential.Tests.Comparing;

/// <summary>The times of one server's changes: each change has one, whichever znode tells it.</summary>
internal sealed class ChangeTimes
{
    private readonly Dictionary<long, long> _times = [];

    /// <returns>What is wrong; null for nothing.</returns>
    public string? Add(long zxid, long time)
    {
        if (_times.TryAdd(zxid, time) || _times[zxid] == time)
            return null;
        return $"the change 0x{zxid:x} has the times {_times[zxid]} and {time}";
    }
}
