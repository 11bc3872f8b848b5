using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Reads the ACL.</summary>
internal sealed class GetAclRequest(string chroot, string clientPath) : PathRequest<ZnodeAcl>(chroot, clientPath)
{
    internal override string Name => "getACL";

    internal override OperationCode Operation => OperationCode.GetAcl;

    internal override bool IsRead => true;

    protected override ZnodeAcl Read(ErrorCode error, ref JuteReader body) =>
        new(AclVector.Read(ref body), Stat.Read(ref body));
}
