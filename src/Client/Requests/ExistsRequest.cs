using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Asks whether a znode exists, and for its Stat.</summary>
internal sealed class ExistsRequest : WatchingRequest<Stat?>
{
    private static readonly RequestPool<ExistsRequest> _pool = new();

    internal override string Name => "exists";

    internal override OperationCode Operation => OperationCode.Exists;

    internal static ExistsRequest Take(string chroot, string clientPath, WatchTable watches, Action<WatchEvent>? watcher)
    {
        var request = _pool.Take();
        request.Set(clientPath, ChrootPath.ToServer(chroot, clientPath), watches, watcher);
        return request;
    }

    protected override bool IsResult(ErrorCode error) => error is ErrorCode.Ok or ErrorCode.NoNode;

    protected override Stat? Read(ErrorCode error, ref JuteReader body) =>
        error == ErrorCode.Ok ? Stat.Read(ref body) : null;

    protected override WatchKind? WatchSetBy(ErrorCode error) =>
        error == ErrorCode.Ok ? WatchKind.Data : WatchKind.Exists;

    protected override void Recycle()
    {
        base.Recycle();
        _pool.Give(this);
    }
}
