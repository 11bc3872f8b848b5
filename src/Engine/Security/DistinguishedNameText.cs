namespace Coordination.Engine.Security;

/// <summary>Whether a text is a distinguished name, as RFC 2253 writes them: <c>CN=name,O=organization</c>.</summary>
internal static class DistinguishedNameText
{
    /// <summary>Whether every part is an attribute with a value.</summary>
    public static bool IsValid(string text)
    {
        int start = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                if (++i == text.Length)
                    return false;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && text[i] is ',' or ';' or '+')
            {
                if (!IsAttribute(text.AsSpan(start, i - start)))
                    return false;
                start = i + 1;
            }
        }
        return !isQuoted && IsAttribute(text.AsSpan(start));
    }

    private static bool IsAttribute(ReadOnlySpan<char> part)
    {
        int equals = part.IndexOf('=');
        if (equals < 0)
            return false;
        var type = part[..equals].Trim();
        foreach (char letter in type)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-'))
                return false;
        }
        return !type.IsEmpty;
    }
}
