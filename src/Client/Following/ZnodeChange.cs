using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>One change of a znode, with what was there before.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">The znode.</param>
/// <param name="Zxid">The zxid of the change: the one to go on from, once all changes of it are dealt with
/// (<see cref="IsLastOfZxid"/>). Of a server that does not tell it, -1.</param>
public sealed record ZnodeChange(ZnodeChangeKind Kind, string Path, long Zxid)
{
    /// <summary>When it happened, by the server's clock; null where that is not told.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Whether <see cref="Data"/> is known.</summary>
    public bool IsDataKnown { get; init; }

    /// <summary>The data after it; null where it is null, where the znode is gone, or where it is not known.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Whether <see cref="Previous"/> is known. It is for changes that are told as they happen; for those of the past,
    /// as far as the log reaches back to what set it.</summary>
    public bool IsPreviousKnown { get; init; }

    /// <summary>The data before it; null where it was null, where there was no znode, or where it is not known.</summary>
    public ReadOnlyMemory<byte>? Previous { get; init; }

    /// <summary>The Stat after it, or before it where the znode was deleted; null where it is not known.</summary>
    public Stat? Stat { get; init; }

    /// <summary>Whether it is the last change of its zxid; a transaction has several.</summary>
    public bool IsLastOfZxid { get; init; } = true;
}
