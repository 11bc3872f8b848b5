using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Checking;

/// <summary>What anybody had seen of the log at a time: whatever answer or event had told a zxid, by any connection.</summary>
internal sealed class SeenZxids
{
    private readonly double[] _times;
    private readonly long[] _highest;

    public SeenZxids(RunHistory history)
    {
        var told = history.Operations.Where(operation => operation.Answer is not null)
            .Select(operation => (operation.AnsweredAt, operation.Answer!.Zxid))
            .Concat(history.Sessions.SelectMany(session => session.Connections)
                .SelectMany(connection => connection.Events).Select(watchEvent => (watchEvent.At, watchEvent.Zxid)))
            .OrderBy(seen => seen.Item1).ToList();
        _times = [.. told.Select(seen => seen.Item1)];
        _highest = new long[told.Count];
        long highest = 0;
        for (int i = 0; i < told.Count; i++)
            _highest[i] = highest = Math.Max(highest, told[i].Zxid);
    }

    /// <summary>The highest zxid that somebody had been told before a time; 0 for none.</summary>
    public long Before(double time)
    {
        int place = Array.BinarySearch(_times, time);
        if (place < 0)
            place = ~place;
        // Of what was told at that very time, nothing is known to have come before.
        while (place > 0 && _times[place - 1] >= time)
            place--;
        return place == 0 ? 0 : _highest[place - 1];
    }
}
