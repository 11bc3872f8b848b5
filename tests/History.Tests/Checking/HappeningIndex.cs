using Coordination.History.Tests.Logs;

namespace Coordination.History.Tests.Checking;

/// <summary>All that a log does which somebody may watch for, by zxid.</summary>
internal sealed class HappeningIndex
{
    private readonly long[] _zxids;
    private readonly Happening[][] _happenings;

    public HappeningIndex(CommittedLog log)
    {
        _zxids = [.. log.Entries.Select(entry => entry.Header.Zxid)];
        _happenings = [.. log.Entries.Select(entry => Happening.Of(entry).ToArray())];
    }

    /// <summary>What happens after one zxid and up to another, in order.</summary>
    public IEnumerable<(long Zxid, Happening Happening)> Between(long after, long through)
    {
        int place = Array.BinarySearch(_zxids, after);
        for (int i = place < 0 ? ~place : place + 1; i < _zxids.Length && _zxids[i] <= through; i++)
        {
            foreach (var happening in _happenings[i])
                yield return (_zxids[i], happening);
        }
    }
}
