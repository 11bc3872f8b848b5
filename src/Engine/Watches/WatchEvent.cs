using Coordination.Protocol;

namespace Coordination.Engine.Watches;

/// <summary>What a watch tells its owner.</summary>
public readonly ref struct WatchEvent
{
    /// <summary>The zxid of an event that catches up with what was missed, rather than tells of an entry.</summary>
    public const long NoZxid = -1;

    /// <summary>Makes an event.</summary>
    public WatchEvent(WatchEventType type, ReadOnlySpan<byte> path, long zxid)
    {
        Type = type;
        Path = path;
        Zxid = zxid;
    }

    /// <summary>What happened.</summary>
    public WatchEventType Type { get; }

    /// <summary>Where: the znode's path in UTF-8.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>The zxid of the entry that did it, or <see cref="NoZxid"/>.</summary>
    public long Zxid { get; }
}
