using System.Globalization;
using System.Text;
using Coordination.Engine.Tree;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>What a reader is shown of a znode, as text.</summary>
internal static class ZnodeView
{
    /// <summary>Its data and its Stat; empty where there is no znode.</summary>
    public static string DataOf(Znode? node) =>
        node is null ? string.Empty : $"{Encoding.UTF8.GetString(node.Data)} {StatOf(node)}";

    /// <summary>Its children and its Stat; empty where there is no znode.</summary>
    public static string ChildrenOf(Znode? node)
    {
        if (node is null)
            return string.Empty;
        var text = new StringBuilder();
        foreach (var child in node.Children)
            text.Append(Encoding.UTF8.GetString(child.Name)).Append(' ');
        return text.Append("| ").Append(StatOf(node)).ToString();
    }

    /// <summary>The children's names in what <see cref="ChildrenOf"/> made.</summary>
    public static string[] NamesIn(string children) =>
        children.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string StatOf(Znode node)
    {
        var stat = node.Stat;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{stat.Czxid:x} {stat.Mzxid:x} {stat.Pzxid:x} {stat.Ctime} {stat.Mtime} v{stat.Version} c{stat.Cversion} "
            + $"{stat.EphemeralOwner:x} {stat.NumChildren}");
    }
}
