using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Tests;

/// <summary>One row of a checkpoint, for comparing.</summary>
internal sealed record ZnodeRow(
    string Path, string? Data, string Acl, long Czxid, long Mzxid, long Pzxid, long Ctime, long Mtime, int Version,
    int Aversion, int CreatedChildren, long EphemeralOwner)
{
    public static ZnodeRow Of(scoped in ZnodeRecord record) => new(
        Encoding.UTF8.GetString(record.Path),
        record.HasData ? Convert.ToHexString(record.Data) : null,
        Convert.ToHexString(record.Acl),
        record.Czxid, record.Mzxid, record.Pzxid, record.Ctime, record.Mtime, record.Version, record.Aversion,
        record.CreatedChildren, record.EphemeralOwner);

    public static ZnodeRow Of(ZnodeChange put) => new(
        Encoding.UTF8.GetString(put.Path.Span),
        put.Data is { } data ? Convert.ToHexString(data.Span) : null,
        Convert.ToHexString(put.Acl.Span),
        put.Czxid, put.Mzxid, put.Pzxid, put.Ctime, put.Mtime, put.Version, put.Aversion, put.CreatedChildren,
        put.EphemeralOwner);

    /// <summary>The row with the columns of a patch changed.</summary>
    public ZnodeRow With(ZnodeChange patch)
    {
        var row = this;
        if (patch.DataSet)
        {
            row = row with
            {
                Data = patch.Data is { } data ? Convert.ToHexString(data.Span) : null,
                Version = patch.Version,
                Mzxid = patch.Mzxid,
                Mtime = patch.Mtime,
            };
        }
        if (patch.AclSet)
            row = row with { Acl = Convert.ToHexString(patch.Acl.Span), Aversion = patch.Aversion };
        if (patch.PzxidSet)
            row = row with { Pzxid = patch.Pzxid };
        if (patch.CreatedChildrenSet)
            row = row with { CreatedChildren = patch.CreatedChildren };
        return row;
    }
}
