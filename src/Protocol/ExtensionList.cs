using System.Globalization;
using System.Text;

namespace Coordination.Protocol;

/// <summary>How the extensions that a server has are written down in its tree: a line each, <c>name version code</c>.</summary>
public static class ExtensionList
{
    /// <summary>The znode that has the list. Apache ZooKeeper has none of that name.</summary>
    public const string Path = "/zookeeper/extensions";

    /// <summary>Encodes a list.</summary>
    public static byte[] Encode(IEnumerable<Extension> extensions) => Encoding.ASCII.GetBytes(string.Concat(
        extensions.Select(static extension =>
            string.Create(CultureInfo.InvariantCulture, $"{extension.Name} {extension.Version} {(int)extension.Operation}\n"))));

    /// <summary>Decodes a list. Lines that say something else are passed over: a later version may have them.</summary>
    public static IReadOnlyList<Extension> Decode(ReadOnlySpan<byte> encoded)
    {
        var extensions = new List<Extension>();
        foreach (string line in Encoding.UTF8.GetString(encoded).Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length >= 3 && words[0].Length > 0 && TryRead(words[1], out int version) && TryRead(words[2], out int code))
                extensions.Add(new Extension(words[0], version, (OperationCode)code));
        }
        return extensions;
    }

    private static bool TryRead(string word, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
