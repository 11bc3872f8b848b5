using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Lists the session's own ephemerals below a prefix.</summary>
internal sealed class GetEphemeralsRequest(string chroot, string clientPath)
    : PathRequest<IReadOnlyList<string>>(chroot, clientPath)
{
    internal override string Name => "getEphemerals";

    internal override OperationCode Operation => OperationCode.GetEphemerals;

    internal override bool IsRead => true;

    protected override IReadOnlyList<string> Read(ErrorCode error, ref JuteReader body)
    {
        string[] paths = GetChildrenRequest.ReadNames(ref body);
        for (int i = 0; i < paths.Length; i++)
            paths[i] = ChrootPath.ToClient(Chroot, paths[i]);
        return paths;
    }
}
