namespace Coordination.Client.Recipes;

/// <summary>The names of znodes that stand in a queue, as Curator has them: <c>_c_GUID-lock-0000000007</c>.</summary>
/// <remarks>The GUID is how a client finds a znode of its own again when the answer to its create was lost.</remarks>
internal static class SequentialName
{
    private const string Mark = "_c_";
    private const int NumberLength = 10;

    private const int GuidLength = 36;

    internal static string NewMark() => MarkWith(Guid.NewGuid());

    internal static string MarkWith(Guid guid) => $"{Mark}{guid:d}-";

    /// <summary>The mark that a name of ours begins with.</summary>
    internal static string MarkOf(string name) => name[..(Mark.Length + GuidLength + 1)];

    /// <summary>The GUID in a mark.</summary>
    internal static string GuidOf(string mark) => mark.Substring(Mark.Length, GuidLength);

    /// <summary>The number at the end of a name: the order in which the znodes were created.</summary>
    /// <returns>False where the name has none, and is no member of the queue.</returns>
    internal static bool TryGetNumber(string name, out long number)
    {
        number = 0;
        if (name.Length < NumberLength)
            return false;
        var digits = name.AsSpan(name.Length - NumberLength);
        // The counter of a parent with more than 2^31 creates is negative, and then has a sign in the place of a digit.
        if (!int.TryParse(digits, out int counted))
            return false;
        number = counted;
        return true;
    }

    /// <summary>The members of a queue, in their order.</summary>
    internal static List<string> Sort(IEnumerable<string> names)
    {
        var numbered = new List<(long Number, string Name)>();
        foreach (string name in names)
        {
            if (TryGetNumber(name, out long number))
                numbered.Add((number, name));
        }
        numbered.Sort(static (one, other) => one.Number != other.Number
            ? one.Number.CompareTo(other.Number) : string.CompareOrdinal(one.Name, other.Name));
        return numbered.ConvertAll(static member => member.Name);
    }
}
