using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Counts all that is below a znode.</summary>
internal sealed class CountDescendantsRequest(string chroot, string clientPath) : PathRequest<int>(chroot, clientPath)
{
    internal override string Name => "getAllChildrenNumber";

    internal override OperationCode Operation => OperationCode.GetAllChildrenNumber;

    internal override bool IsRead => true;

    protected override int Read(ErrorCode error, ref JuteReader body) => body.ReadInt();
}
