using Coordination.Client.Reading;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Reads a part of a list of children, with data and Stat; of our servers only.</summary>
internal sealed class ChildrenPageRequest(string chroot, string clientPath, string after, int most, long zxid)
    : PathRequest<ChildrenPage>(chroot, clientPath)
{
    /// <summary>In place of a zxid: the list as it is now.</summary>
    internal const long Now = -1;

    private const int DataAndStat = 3;
    private const int LeastChildLength = 8;

    internal override string Name => "getChildrenPage";

    internal override OperationCode Operation => OperationCode.GetChildrenPage;

    internal override bool IsRead => true;

    protected override void WriteBody(JuteBuffer buffer)
    {
        base.WriteBody(buffer);
        buffer.WriteString(after);
        buffer.WriteInt(most);
        buffer.WriteInt(DataAndStat);
        buffer.WriteLong(zxid);
    }

    protected override ChildrenPage Read(ErrorCode error, ref JuteReader body)
    {
        long of = body.ReadLong();
        body.ReadInt(); // how many children there are
        bool isLast = body.ReadBool();
        var children = new ZnodeChild[body.ReadCount(LeastChildLength)];
        for (int i = 0; i < children.Length; i++)
            children[i] = ReadChild(of, ref body);
        return new ChildrenPage(of, isLast, children);
    }

    private static ZnodeChild ReadChild(long of, ref JuteReader body)
    {
        string name = body.ReadString();
        var state = (ZnodeChildState)body.ReadInt();
        if (state is ZnodeChildState.DeletedSince or ZnodeChildState.NotReadable)
            return new ZnodeChild(name, state, null, null, of);
        byte[]? data = body.ReadBufferAsArray();
        return new ZnodeChild(name, state, data is null ? (ReadOnlyMemory<byte>?)null : data, Stat.Read(ref body), of);
    }
}
