using System.Globalization;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>One line of a case: a verb, its arguments, flags, and options; below a multi, its operations.</summary>
internal sealed class Command
{
    private static readonly HashSet<string> s_flags =
        ["watch", "ephemeral", "sequential", "nowait"];

    private readonly List<Token> _arguments = [];
    private readonly Dictionary<string, string> _options = [];
    private readonly HashSet<string> _given = [];

    private Command(string line) => Line = line;

    public string Line { get; }

    public string Verb { get; private init; } = "";

    public List<Command> Operations { get; } = [];

    public int ArgumentCount => _arguments.Count;

    public int Session => Number("session", 1);

    public static Command Parse(string line)
    {
        var tokens = Token.Split(line);
        var command = new Command(line) { Verb = tokens[0].Text };
        foreach (var token in tokens.Skip(1))
        {
            string text = token.Text;
            int equals = token.IsQuoted ? -1 : text.IndexOf('=');
            if (equals > 0 && text[..equals].All(char.IsAsciiLetterLower))
                command._options[text[..equals]] = text[(equals + 1)..].Trim('"');
            else if (!token.IsQuoted && s_flags.Contains(text))
                command._given.Add(text);
            else
                command._arguments.Add(token);
        }
        return command;
    }

    public bool Has(string flag) => _given.Contains(flag);

    public Token Argument(int index) => index < _arguments.Count
        ? _arguments[index]
        : throw new FormatException($"\"{Line}\" lacks an argument");

    public string? Option(string name) => _options.GetValueOrDefault(name);

    public int Number(string name, int otherwise) =>
        _options.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The paths of an option that lists them with commas.</summary>
    public string[] Paths(string name) => Option(name)?.Split(',') ?? [];

    /// <summary>The data at an argument: empty where there is none, null for the bare word null.</summary>
    public byte[]? Data(int index)
    {
        if (index >= _arguments.Count)
            return [];
        return _arguments[index] is { IsQuoted: false, Text: "null" } ? null : _arguments[index].Bytes;
    }
}
