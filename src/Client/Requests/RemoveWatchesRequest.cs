using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Drops watches of the connection.</summary>
internal sealed class RemoveWatchesRequest(string chroot, string clientPath, WatcherType type)
    : PathRequest<Nothing>(chroot, clientPath)
{
    internal override string Name => "removeWatches";

    internal override OperationCode Operation => OperationCode.RemoveWatches;

    protected override void WriteBody(JuteBuffer buffer)
    {
        base.WriteBody(buffer);
        buffer.WriteInt((int)type);
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;
}
