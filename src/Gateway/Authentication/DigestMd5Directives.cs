using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Coordination.Gateway.Authentication;

/// <summary>The directives of a DIGEST-MD5 token: <c>name=value</c> or <c>name="value"</c>, with commas between.</summary>
/// <remarks>Values stand byte for char (ISO 8859-1): the digests are over the bytes as they were sent.</remarks>
internal sealed class DigestMd5Directives
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private DigestMd5Directives()
    {
    }

    /// <summary>A directive's value; null where it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Takes a token apart.</summary>
    /// <returns>False where it breaks the grammar, or says a thing twice.</returns>
    public static bool TryParse(ReadOnlySpan<byte> token, [NotNullWhen(true)] out DigestMd5Directives? directives)
    {
        directives = null;
        var parsed = new DigestMd5Directives();
        string text = Encoding.Latin1.GetString(token);
        int position = 0;
        while (true)
        {
            SkipSpace(text, ref position);
            int equals = text.IndexOf('=', position);
            if (equals <= position)
                return false;
            string name = text[position..equals].TrimEnd();
            position = equals + 1;
            SkipSpace(text, ref position);
            if (!TryReadValue(text, ref position, out string? value) || !parsed._values.TryAdd(name, value))
                return false;
            SkipSpace(text, ref position);
            if (position == text.Length)
            {
                directives = parsed;
                return true;
            }
            if (text[position++] != ',')
                return false;
        }
    }

    private static bool TryReadValue(string text, ref int position, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (position < text.Length && text[position] == '"')
            return TryReadQuoted(text, ref position, out value);
        int end = text.IndexOf(',', position);
        value = text[position..(end < 0 ? text.Length : end)].TrimEnd();
        position = end < 0 ? text.Length : end;
        return value.Length > 0 && !value.Contains('"');
    }

    private static bool TryReadQuoted(string text, ref int position, [NotNullWhen(true)] out string? value)
    {
        var unquoted = new StringBuilder();
        value = null;
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"')
            {
                position++;
                value = unquoted.ToString();
                return true;
            }
            if (text[position] == '\\' && ++position == text.Length)
                return false;
            unquoted.Append(text[position]);
        }
        return false;
    }

    private static void SkipSpace(string text, ref int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t' or '\r' or '\n')
            position++;
    }
}
