using System.Collections.Concurrent;
using Coordination.Protocol;

namespace Coordination.Client.Following;

/// <summary>The feeds of a client, by the numbers that the server knows them by.</summary>
internal sealed class ChangeFeeds
{
    private readonly ConcurrentDictionary<int, ChangeFeed> _feeds = new();
    private int _last;

    internal ChangeFeed Open(string chroot, string path)
    {
        var feed = new ChangeFeed(Interlocked.Increment(ref _last), chroot, path);
        _feeds[feed.Number] = feed;
        return feed;
    }

    internal void Close(ChangeFeed feed) => _feeds.TryRemove(feed.Number, out _);

    /// <summary>Takes what the server tells one of them.</summary>
    /// <exception cref="MalformedRecordException">It is no such record.</exception>
    internal void Take(long zxid, ref JuteReader body)
    {
        int number = body.ReadInt();
        int kind = body.ReadInt();
        // One that was closed may still be told something.
        if (_feeds.TryGetValue(number, out var feed))
            feed.Take(kind, zxid, ref body);
    }

    /// <summary>Ends all: the connection that they were fed by is over.</summary>
    internal void EndAll()
    {
        foreach (var feed in _feeds.Values)
            feed.End();
    }
}
