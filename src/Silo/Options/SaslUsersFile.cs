using System.Text.RegularExpressions;

namespace Coordination.Silo.Options;

/// <summary>Reads who may log in by SASL, and with which password, in one of two forms.</summary>
/// <remarks>Either a line <c>user:password</c> each, where lines that are empty or begin with <c>#</c> say nothing; or the
/// file that ZooKeeper is given by <c>java.security.auth.login.config</c>, of which the section <c>Server</c> with its
/// DigestLoginModule is read: an option <c>user_NAME="password"</c> for each.</remarks>
internal static partial class SaslUsersFile
{
    private const string Section = "Server";
    private const string ModuleSuffix = "DigestLoginModule";
    private const string UserPrefix = "user_";

    /// <summary>Reads the passwords by their users.</summary>
    /// <exception cref="FormatException">The text is neither of the two, or names nobody, or somebody twice.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var tokens = Token().Matches(text).Where(static match => match.Groups["space"].Length == 0)
            .Select(static match => match.Groups["quoted"].Success ? match.Value[1..^1] : match.Value).ToArray();
        var passwords = tokens is [_, "{", ..] ? OfLogin(tokens) : OfLines(text);
        return passwords.Count > 0 ? passwords : throw new FormatException("it names no users");
    }

    private static Dictionary<string, string> OfLines(string text)
    {
        var passwords = new Dictionary<string, string>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                continue;
            int colon = line.IndexOf(':');
            if (colon < 1)
                throw new FormatException($"line {i + 1} is not user:password");
            if (!passwords.TryAdd(line[..colon], line[(colon + 1)..]))
                throw new FormatException($"line {i + 1} names a user again");
        }
        return passwords;
    }

    // Sections NAME { MODULE FLAG NAME = VALUE ... ; ... } ;
    private static Dictionary<string, string> OfLogin(string[] tokens)
    {
        var passwords = new Dictionary<string, string>();
        bool isFound = false;
        for (int i = 0; i < tokens.Length; i++)
        {
            bool isOurs = tokens[i++] == Section;
            isFound |= isOurs;
            Expect(tokens, i++, "{");
            while (At(tokens, i) != "}")
                i = ReadModule(tokens, i, isOurs ? passwords : null);
            Expect(tokens, ++i, ";");
        }
        return isFound ? passwords : throw new FormatException($"it has no section {Section}");
    }

    private static int ReadModule(string[] tokens, int i, Dictionary<string, string>? passwords)
    {
        if (passwords is not null && !At(tokens, i).EndsWith(ModuleSuffix, StringComparison.Ordinal))
            throw new FormatException($"its section {Section} has a login module other than {ModuleSuffix}");
        for (i += 2; At(tokens, i) != ";"; i += 3)
        {
            Expect(tokens, i + 1, "=");
            string name = tokens[i];
            string value = At(tokens, i + 2);
            if (passwords is null || !name.StartsWith(UserPrefix, StringComparison.Ordinal))
                continue;
            if (!passwords.TryAdd(name[UserPrefix.Length..], value))
                throw new FormatException($"it names {name[UserPrefix.Length..]} twice");
        }
        return i + 1;
    }

    private static string At(string[] tokens, int i) =>
        i < tokens.Length ? tokens[i] : throw new FormatException("it ends too early");

    private static void Expect(string[] tokens, int i, string expected)
    {
        if (At(tokens, i) != expected)
            throw new FormatException($"it has {tokens[i]} where {expected} is wanted");
    }

    [GeneratedRegex("""(?<space>\s+|//[^\n]*|/\*[\s\S]*?\*/)|(?<quoted>"[^"\n]*")|[{};=]|[^\s{};="]+|[\s\S]""")]
    private static partial Regex Token();
}
