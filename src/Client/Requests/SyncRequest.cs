using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Brings the server up to date with all writes that came before.</summary>
internal sealed class SyncRequest(string chroot, string clientPath) : PathRequest<Nothing>(chroot, clientPath)
{
    internal override string Name => "sync";

    internal override OperationCode Operation => OperationCode.Sync;

    internal override bool IsRead => true;

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;
}
