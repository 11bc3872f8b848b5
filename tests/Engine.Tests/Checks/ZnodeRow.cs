using Coordination.Engine.Checkpoint;

namespace Coordination.Engine.Tests.Checks;

/// <summary>A znode's row in a checkpoint.</summary>
internal sealed record ZnodeRow
{
    public required byte[] Path { get; init; }

    public byte[]? Data { get; init; } = [];

    public byte[] Acl { get; init; } = [];

    public long Czxid { get; init; }

    public long Mzxid { get; init; }

    public long Pzxid { get; init; }

    public long Ctime { get; init; }

    public long Mtime { get; init; }

    public int Version { get; init; }

    public int Aversion { get; init; }

    public int CreatedChildren { get; init; }

    public long EphemeralOwner { get; init; }

    public static ZnodeRow Of(ZnodeChange put) => new()
    {
        Path = put.Path.ToArray(),
        Data = put.Data?.ToArray(),
        Acl = put.Acl.ToArray(),
        Czxid = put.Czxid,
        Mzxid = put.Mzxid,
        Pzxid = put.Pzxid,
        Ctime = put.Ctime,
        Mtime = put.Mtime,
        Version = put.Version,
        Aversion = put.Aversion,
        CreatedChildren = put.CreatedChildren,
        EphemeralOwner = put.EphemeralOwner,
    };

    public ZnodeRow With(ZnodeChange patch)
    {
        var row = this;
        if (patch.DataSet)
            row = row with { Data = patch.Data?.ToArray(), Version = patch.Version, Mzxid = patch.Mzxid, Mtime = patch.Mtime };
        if (patch.AclSet)
            row = row with { Acl = patch.Acl.ToArray(), Aversion = patch.Aversion };
        if (patch.PzxidSet)
            row = row with { Pzxid = patch.Pzxid };
        if (patch.CreatedChildrenSet)
            row = row with { CreatedChildren = patch.CreatedChildren };
        return row;
    }

    public void LoadInto(ICheckpointReceiver receiver) => receiver.Znode(new ZnodeRecord
    {
        Path = Path,
        Data = Data,
        HasData = Data is not null,
        Acl = Acl,
        Czxid = Czxid,
        Mzxid = Mzxid,
        Pzxid = Pzxid,
        Ctime = Ctime,
        Mtime = Mtime,
        Version = Version,
        Aversion = Aversion,
        CreatedChildren = CreatedChildren,
        EphemeralOwner = EphemeralOwner,
    });
}
