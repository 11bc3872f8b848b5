using System.Globalization;
using System.Text;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>What the answer to a write tells, as text: of each change what it did, as far as the protocol says it.</summary>
internal static class WriteText
{
    /// <summary>Of what an entry did.</summary>
    public static string Of(in Change change, IReadOnlyList<ChangeResult> results)
    {
        var text = new StringBuilder();
        if (change.Kind != EntryKind.Multi)
            return Append(text, change.Kind, results[0]).ToString();
        int result = 0;
        foreach (var item in change.Items)
            Append(text, item.Kind, results[result++]);
        return text.ToString();
    }

    /// <summary>Of what a client is told of its write.</summary>
    public static string Of(WriteOperation operation, ReadOnlySpan<ChangeResult> results)
    {
        var text = new StringBuilder();
        if (results.IsEmpty)
            return string.Empty;
        if (operation is not MultiOperation multi)
            return Append(text, KindOf(operation), results[0]).ToString();
        int result = 0;
        foreach (var item in multi.Operations.Where(item => item is not CheckOperation))
            Append(text, KindOf(item), results[result++]);
        return text.ToString();
    }

    private static EntryKind KindOf(WriteOperation operation) => operation switch
    {
        CreateOperation => EntryKind.Create,
        SetDataOperation => EntryKind.SetData,
        _ => EntryKind.Delete,
    };

    private static StringBuilder Append(StringBuilder text, EntryKind kind, in ChangeResult result)
    {
        if (kind == EntryKind.Create)
            text.Append(Encoding.UTF8.GetString(result.Path.Span)).Append(' ');
        if (kind == EntryKind.Delete)
            return text.Append("gone; ");
        var stat = result.Stat;
        return text.Append(
            CultureInfo.InvariantCulture,
            $"{stat.Czxid:x} {stat.Mzxid:x} {stat.Pzxid:x} {stat.Mtime} v{stat.Version} {stat.EphemeralOwner:x}; ");
    }
}
