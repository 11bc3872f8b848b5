namespace Coordination.Engine.Checkpoint;

/// <summary>One znode as the checkpoint keeps it: the columns of its row, borrowed from the reader's buffers.</summary>
/// <remarks>Valid only during the call that hands it over. All zxids and times as in ZooKeeper's Stat.</remarks>
public readonly ref struct ZnodeRecord
{
    /// <summary>The absolute path in UTF-8, for example <c>/taier/nodes</c>; the root is <c>/</c>.</summary>
    public required ReadOnlySpan<byte> Path { get; init; }

    /// <summary>The data; empty when <see cref="HasData"/> is false.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>False for a znode whose data is null, which ZooKeeper tells apart from empty data.</summary>
    public required bool HasData { get; init; }

    /// <summary>The ACL as a jute vector, or empty for ZooKeeper's OPEN_ACL_UNSAFE.</summary>
    public required ReadOnlySpan<byte> Acl { get; init; }

    /// <summary>The zxid that created the znode.</summary>
    public required long Czxid { get; init; }

    /// <summary>The zxid that last set the data.</summary>
    public required long Mzxid { get; init; }

    /// <summary>The zxid that last created or deleted a child; the znode's own <see cref="Czxid"/> while there was none.</summary>
    public required long Pzxid { get; init; }

    /// <summary>When the znode was created, in milliseconds since 1970.</summary>
    public required long Ctime { get; init; }

    /// <summary>When the data was last set, in milliseconds since 1970.</summary>
    public required long Mtime { get; init; }

    /// <summary>How often the data was set.</summary>
    public required int Version { get; init; }

    /// <summary>How often the ACL was set.</summary>
    public required int Aversion { get; init; }

    /// <summary>How many children were ever created under it: the counter behind sequential names and cversion.</summary>
    public required int CreatedChildren { get; init; }

    /// <summary>The session that owns an ephemeral znode, otherwise an <see cref="Tree.OwnerMark"/> or 0.</summary>
    public required long EphemeralOwner { get; init; }
}
