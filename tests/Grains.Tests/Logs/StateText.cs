using System.Text;
using Coordination.Engine;
using Coordination.Engine.Tree;

namespace Coordination.Grains.Tests.Logs;

/// <summary>A state written out, so that two can be compared and a difference can be read.</summary>
internal static class StateText
{
    /// <summary>Writes out everything that the log says of the tree and the sessions, and some counters.</summary>
    public static string Describe(this CoordinationState state, params string[] counters)
    {
        var text = new StringBuilder();
        text.AppendLine($"zxid {state.LastZxid:x} epoch {state.Epoch} level {state.FormatLevel}");
        text.AppendLine(
            $"{state.Tree.Count} znodes, {state.EphemeralCount} ephemeral, {state.Tree.ApproximateDataSize} bytes");
        foreach (string counter in counters)
            text.AppendLine($"counter {counter} {state.NextOfCounter(counter)}");
        foreach (var session in state.Sessions.Values.OrderBy(session => session.Id))
        {
            string ephemerals = string.Join(' ', session.Ephemerals.Select(node => Text(node.GetPath())).Order());
            text.AppendLine(
                $"session {session.Id:x} {Convert.ToHexString(session.Password.Span)} {session.TimeoutMilliseconds} "
                + $"{session.AttachZxid:x} {session.Silo} owns {ephemerals} "
                + $"answers {Convert.ToHexString(state.EncodeAnswers(session.Id, long.MaxValue) ?? [])}");
        }
        Describe(text, state.Tree, state.Tree.Root);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, ZnodeTree tree, Znode node)
    {
        string data = node.HasData ? Convert.ToHexString(node.Data) : "null";
        string acl = string.Join(' ', tree.Acls[node.AclId].ToArray());
        text.AppendLine($"{Text(node.GetPath())} {data} {node.Stat} {acl}");
        foreach (var child in node.Children)
            Describe(text, tree, child);
    }

    private static string Text(byte[] path) => Encoding.UTF8.GetString(path);
}
