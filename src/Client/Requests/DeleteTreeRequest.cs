using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Deletes a znode and all below it; of our servers only.</summary>
internal sealed class DeleteTreeRequest(string chroot, string clientPath, int version) : PathRequest<int>(chroot, clientPath)
{
    internal override string Name => "deleteTree";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationCode.DeleteTree;

    protected override int? ExpectedVersion => version;

    protected override void WriteBody(JuteBuffer buffer)
    {
        base.WriteBody(buffer);
        buffer.WriteInt(version);
    }

    protected override int Read(ErrorCode error, ref JuteReader body) => body.ReadInt();
}
