using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Writes the ACL.</summary>
internal sealed class SetAclRequest(string chroot, string clientPath, IEnumerable<Acl> acls, int version)
    : PathRequest<Stat>(chroot, clientPath)
{
    private readonly Acl[] _acls = [.. acls];

    internal override string Name => "setACL";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationCode.SetAcl;

    protected override int? ExpectedVersion => version;

    protected override void WriteBody(JuteBuffer buffer)
    {
        base.WriteBody(buffer);
        AclVector.Write(buffer, _acls);
        buffer.WriteInt(version);
    }

    protected override Stat Read(ErrorCode error, ref JuteReader body) => Stat.Read(ref body);
}
