namespace Coordination.Engine.Checkpoint;

/// <summary>What a stretch of the log does to one znode's row, folded into one change.</summary>
/// <remarks>For an <see cref="ZnodeChangeKind.Add"/> and a <see cref="ZnodeChangeKind.Put"/> every column holds; for a
/// <see cref="ZnodeChangeKind.Patch"/> those whose flag is set.</remarks>
public sealed class ZnodeChange
{
    /// <summary>The absolute path in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Path { get; init; }

    /// <summary>What happens to the row.</summary>
    public ZnodeChangeKind Kind { get; set; }

    /// <summary>Whether <see cref="Data"/>, <see cref="Version"/>, <see cref="Mzxid"/> and <see cref="Mtime"/> hold.</summary>
    public bool DataSet { get; set; }

    /// <summary>Whether <see cref="Acl"/> and <see cref="Aversion"/> hold.</summary>
    public bool AclSet { get; set; }

    /// <summary>Whether <see cref="Pzxid"/> holds.</summary>
    public bool PzxidSet { get; set; }

    /// <summary>Whether <see cref="CreatedChildren"/> holds.</summary>
    public bool CreatedChildrenSet { get; set; }

    /// <summary>The data; null for a znode whose data is null.</summary>
    public ReadOnlyMemory<byte>? Data { get; set; }

    /// <summary>The ACL as a jute vector, or empty for ZooKeeper's OPEN_ACL_UNSAFE.</summary>
    public ReadOnlyMemory<byte> Acl { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Czxid"/>
    public long Czxid { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Mzxid"/>
    public long Mzxid { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Pzxid"/>
    public long Pzxid { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Ctime"/>
    public long Ctime { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Mtime"/>
    public long Mtime { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Version"/>
    public int Version { get; set; }

    /// <inheritdoc cref="ZnodeRecord.Aversion"/>
    public int Aversion { get; set; }

    /// <inheritdoc cref="ZnodeRecord.CreatedChildren"/>
    public int CreatedChildren { get; set; }

    /// <inheritdoc cref="ZnodeRecord.EphemeralOwner"/>
    public long EphemeralOwner { get; set; }
}
