using System.Text;
using Coordination.Engine;
using Coordination.Engine.Tree;

namespace Coordination.History.Tests.Logs;

/// <summary>Paths as clients write them, beside the UTF-8 of the engine.</summary>
internal static class Paths
{
    public static string ParentOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash == 0 ? "/" : path[..slash];
    }

    public static bool IsAtOrBelow(string path, string root) =>
        path == root || root == "/" || path.StartsWith(root + "/", StringComparison.Ordinal);

    public static Znode? Find(this CoordinationState state, string path) => state.Tree.Find(Encoding.UTF8.GetBytes(path));

    /// <summary>The Stat as the tests' own client reads it from the wire.</summary>
    public static Coordination.Testing.RawProtocol.Stat ToWire(this Protocol.Stat stat) => new(
        stat.Czxid, stat.Mzxid, stat.Ctime, stat.Mtime, stat.Version, stat.Cversion, stat.Aversion, stat.EphemeralOwner,
        stat.DataLength, stat.NumChildren, stat.Pzxid);
}
