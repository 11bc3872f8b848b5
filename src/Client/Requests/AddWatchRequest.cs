using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Sets a watch that stays set when it has fired.</summary>
internal sealed class AddWatchRequest : WatchingRequest<Nothing>
{
    private readonly AddWatchMode _mode;

    internal AddWatchRequest(
        string chroot, string clientPath, AddWatchMode mode, WatchTable watches, Action<WatchEvent> watcher)
    {
        _mode = mode;
        Set(clientPath, ChrootPath.ToServer(chroot, clientPath), watches, watcher);
    }

    internal override string Name => "addWatch";

    internal override OperationCode Operation => OperationCode.AddWatch;

    internal static WatchKind KindOf(AddWatchMode mode) =>
        mode == AddWatchMode.Persistent ? WatchKind.Persistent : WatchKind.Recursive;

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteString(ServerPath);
        buffer.WriteInt((int)_mode);
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;

    protected override WatchKind? WatchSetBy(ErrorCode error) => KindOf(_mode);
}
