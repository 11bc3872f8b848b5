namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>A file of cases; Cases/README.md tells what is in one.</summary>
internal sealed class CaseFile
{
    private const string Separator = "----";

    private readonly string[] _lines;
    private readonly List<Case> _cases = [];

    private CaseFile(string path)
    {
        Path = path;
        _lines = File.ReadAllLines(path);
        for (int at = 0; at < _lines.Length;)
        {
            string line = _lines[at];
            if (line.StartsWith("case ", StringComparison.Ordinal))
                _cases.Add(new Case(line["case ".Length..]));
            else if (line.StartsWith("differs: ", StringComparison.Ordinal))
                Current(at).Differs = line["differs: ".Length..];
            else if (line.Length > 0 && line[0] != '#')
            {
                Current(at).Blocks.Add(ReadBlock(ref at));
                continue;
            }
            at++;
        }
    }

    public string Path { get; }

    public IReadOnlyList<Case> Cases => _cases;

    public static CaseFile Read(string path) => new(path);

    /// <summary>Writes the file anew with what the blocks give now in place of what is expected.</summary>
    public void Rewrite(IReadOnlyDictionary<CaseBlock, IReadOnlyList<string>> given)
    {
        var byLine = _cases.SelectMany(c => c.Blocks).ToDictionary(block => block.FirstExpectedLine);
        var lines = new List<string>();
        for (int at = 0; at <= _lines.Length; at++)
        {
            if (byLine.TryGetValue(at, out var block))
            {
                lines.AddRange(given[block]);
                at += block.Expected.Count;
            }
            if (at < _lines.Length)
                lines.Add(_lines[at]);
        }
        File.WriteAllLines(Path, lines);
    }

    private Case Current(int at) =>
        _cases.Count > 0 ? _cases[^1] : throw new FormatException($"{Path}({at + 1}): no case has begun");

    private CaseBlock ReadBlock(ref int at)
    {
        var commands = new List<Command>();
        for (; at < _lines.Length && _lines[at] != Separator; at++)
        {
            if (_lines[at].Length == 0)
                throw new FormatException($"{Path}({at + 1}): commands without {Separator}");
            if (_lines[at][0] == ' ')
                commands[^1].Operations.Add(Command.Parse(_lines[at].Trim()));
            else
                commands.Add(Command.Parse(_lines[at]));
        }
        if (at++ == _lines.Length)
            throw new FormatException($"{Path}: commands without {Separator}");
        int first = at;
        while (at < _lines.Length && _lines[at].Length > 0)
            at++;
        return new CaseBlock(commands, _lines[first..at], first);
    }
}
