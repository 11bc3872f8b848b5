using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Reads data and Stat.</summary>
internal sealed class GetDataRequest : WatchingRequest<Znode>
{
    private static readonly RequestPool<GetDataRequest> _pool = new();

    internal override string Name => "getData";

    internal override OperationCode Operation => OperationCode.GetData;

    internal static GetDataRequest Take(string chroot, string clientPath, WatchTable watches, Action<WatchEvent>? watcher)
    {
        var request = _pool.Take();
        request.Set(clientPath, ChrootPath.ToServer(chroot, clientPath), watches, watcher);
        return request;
    }

    protected override Znode Read(ErrorCode error, ref JuteReader body) =>
        new(body.ReadBufferAsArray(), Stat.Read(ref body));

    protected override WatchKind? WatchSetBy(ErrorCode error) => WatchKind.Data;

    protected override void Recycle()
    {
        base.Recycle();
        _pool.Give(this);
    }
}
