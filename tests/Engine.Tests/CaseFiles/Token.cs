using System.Text;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>One word of a command: as it stands, or between quotes with escapes.</summary>
internal readonly record struct Token(byte[] Bytes, bool IsQuoted)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Splits a line into its words.</summary>
    public static List<Token> Split(string line)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ')
                at++;
            if (at == line.Length)
                return tokens;
            tokens.Add(line[at] == '"' ? Quoted(line, ref at) : Bare(line, ref at));
        }
    }

    /// <summary>Writes bytes so that <see cref="Split"/> reads them back.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        while (!bytes.IsEmpty)
        {
            bool isRune = Rune.DecodeFromUtf8(bytes, out var rune, out int length) == System.Buffers.OperationStatus.Done;
            if (rune.Value is '"' or '\\')
                text.Append('\\').Append((char)rune.Value);
            else if (isRune && rune.Value is >= 0x20 and not 0x7f and not (>= 0x80 and < 0xa0))
                text.Append(rune.ToString());
            else
                text.Append(Escaped(bytes[..length]));
            bytes = bytes[length..];
        }
        return text.Append('"').ToString();
    }

    private static string Escaped(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte unit in bytes)
            text.Append($"\\x{unit:x2}");
        return text.ToString();
    }

    private static Token Bare(string line, ref int at)
    {
        int start = at;
        bool inQuotes = false;
        for (; at < line.Length && (inQuotes || line[at] != ' '); at++)
        {
            if (line[at] == '"')
                inQuotes = !inQuotes;
        }
        return new Token(Encoding.UTF8.GetBytes(line[start..at]), false);
    }

    private static Token Quoted(string line, ref int at)
    {
        var bytes = new List<byte>();
        for (at++; at < line.Length && line[at] != '"';)
        {
            if (line[at] != '\\')
            {
                int length = char.IsHighSurrogate(line[at]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(line.Substring(at, length)));
                at += length;
                continue;
            }
            char escape = line[at + 1];
            at += 2;
            switch (escape)
            {
                case 'x':
                    bytes.Add(Convert.ToByte(line.Substring(at, 2), 16));
                    at += 2;
                    break;
                case 'u':
                    bytes.AddRange(Encoding.UTF8.GetBytes(((char)Convert.ToInt32(line.Substring(at, 4), 16)).ToString()));
                    at += 4;
                    break;
                default:
                    bytes.Add((byte)(escape == 'n' ? '\n' : escape));
                    break;
            }
        }
        if (at++ >= line.Length)
            throw new FormatException($"a quote without an end: {line}");
        return new Token([.. bytes], true);
    }
}
