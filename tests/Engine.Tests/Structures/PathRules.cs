using System.Text;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The rules of paths as ZooKeeper words them, over UTF-16 units.</summary>
internal static class PathRules
{
    public static bool Allow(ReadOnlySpan<byte> utf8)
    {
        // What is no UTF-8 becomes U+FFFD, as Java reads it.
        string path = Encoding.UTF8.GetString(utf8);
        if (path.Length == 0 || path[0] != '/')
            return false;
        if (path.Length == 1)
            return true;
        return path[1..].Split('/').All(IsElement);
    }

    private static bool IsElement(string element) =>
        element is not ("" or "." or "..") && element.All(IsAllowed);

    private static bool IsAllowed(char unit) => unit switch
    {
        <= '\u001f' => false,
        >= '\u007f' and <= '\u009f' => false,
        >= '\ud800' and <= '\uf8ff' => false,
        >= '\ufff0' => false,
        _ => true,
    };
}
