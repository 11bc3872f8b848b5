using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Reads the children's names and the Stat.</summary>
internal sealed class GetChildrenRequest : WatchingRequest<ZnodeChildren>
{
    private const int LeastNameLength = 4;

    private static readonly RequestPool<GetChildrenRequest> _pool = new();

    internal override string Name => "getChildren";

    internal override OperationCode Operation => OperationCode.GetChildren2;

    internal static GetChildrenRequest Take(
        string chroot, string clientPath, WatchTable watches, Action<WatchEvent>? watcher)
    {
        var request = _pool.Take();
        request.Set(clientPath, ChrootPath.ToServer(chroot, clientPath), watches, watcher);
        return request;
    }

    internal static string[] ReadNames(ref JuteReader body)
    {
        var names = new string[body.ReadCount(LeastNameLength)];
        for (int i = 0; i < names.Length; i++)
            names[i] = body.ReadString();
        return names;
    }

    protected override ZnodeChildren Read(ErrorCode error, ref JuteReader body) =>
        new(ReadNames(ref body), Stat.Read(ref body));

    protected override WatchKind? WatchSetBy(ErrorCode error) => WatchKind.Children;

    protected override void Recycle()
    {
        base.Recycle();
        _pool.Give(this);
    }
}
