using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Asks whether a watch is set.</summary>
internal sealed class CheckWatchesRequest(string chroot, string clientPath, WatcherType type)
    : PathRequest<bool>(chroot, clientPath)
{
    internal override string Name => "checkWatches";

    internal override OperationCode Operation => OperationCode.CheckWatches;

    internal override bool IsRead => true;

    protected override void WriteBody(JuteBuffer buffer)
    {
        base.WriteBody(buffer);
        buffer.WriteInt((int)type);
    }

    protected override bool IsResult(ErrorCode error) => error is ErrorCode.Ok or ErrorCode.NoWatcher;

    protected override bool Read(ErrorCode error, ref JuteReader body) => error == ErrorCode.Ok;
}
