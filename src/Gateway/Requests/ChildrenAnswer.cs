using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>A long list of children, and the Stat of the same moment where it was asked for.</summary>
internal sealed class ChildrenAnswer(int start, ZnodeChildren.Snapshot children, Stat? stat) : LongAnswer(start)
{
    public static void WriteChildren(JuteBuffer buffer, ZnodeChildren.Snapshot children)
    {
        buffer.WriteInt(children.Count);
        foreach (var child in children.Children)
            buffer.WriteBuffer(child.Name);
    }

    protected override void Write(JuteBuffer buffer)
    {
        WriteChildren(buffer, children);
        stat?.Write(buffer);
    }
}
