using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Checks;

/// <summary>Writes out everything that a state says, so that two of them can be compared and their difference read.</summary>
internal static class StateText
{
    /// <summary>Writes a state out.</summary>
    /// <param name="state">The state.</param>
    /// <param name="log">The rows that name the counters to tell of.</param>
    public static string Of(CoordinationState state, IEnumerable<byte[]> log)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"zxid {state.LastZxid:x} epoch {state.Epoch} level {state.FormatLevel} znodes {state.Tree.Count} "
            + $"bytes {state.Tree.ApproximateDataSize} ephemerals {state.EphemeralCount}");
        Write(text, state.Tree, state.Tree.Root);
        foreach (var session in state.Sessions.Values.OrderBy(session => session.Id))
        {
            text.AppendLine(
                $"session {session.Id} {Convert.ToHexString(session.Password.Span)} {session.TimeoutMilliseconds} "
                + $"{session.AttachZxid:x} {session.Silo} "
                + Convert.ToHexString(state.EncodeAnswers(session.Id, long.MaxValue) ?? []));
            foreach (string path in session.Ephemerals.Select(node => Encoding.UTF8.GetString(node.GetPath())).Order())
                text.AppendLine($"  owns {path}");
        }
        WriteNamed(text, state, log);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ZnodeTree tree, Znode node)
    {
        text.AppendLine(
            $"{Encoding.UTF8.GetString(node.GetPath())} {(node.HasData ? Convert.ToHexString(node.Data) : "null")} "
            + $"{node.Stat} owner {node.Owner:x} created {node.CreatedChildren} "
            + $"acl {Convert.ToHexString(tree.Acls.EncodedOf(node.AclId))}");
        foreach (var child in node.Children)
            Write(text, tree, child);
    }

    private static void WriteNamed(StringBuilder text, CoordinationState state, IEnumerable<byte[]> log)
    {
        var counters = new SortedSet<string>(StringComparer.Ordinal);
        foreach (byte[] body in log)
        {
            var reader = new BatchReader(body);
            while (reader.TryRead(out var entry))
            {
                if (entry.Change.Kind == EntryKind.Counter)
                    counters.Add(Encoding.UTF8.GetString(entry.Change.Data.Span));
            }
        }
        foreach (string name in counters)
            text.AppendLine($"counter {name} {state.NextOfCounter(name)}");
    }
}
