namespace Coordination.Silo.Options;

/// <summary>The names of the options, and what to say to one that is none.</summary>
internal static class OptionNames
{
    private const int FarthestMistake = 3;

    /// <summary>Everything that can be set.</summary>
    public static IReadOnlyList<string> All => SiloOptionsReader.Names;

    /// <summary>Says that a name is not that of an option, and which may have been meant.</summary>
    /// <param name="name">The name, as it was given.</param>
    /// <param name="prefix">What names stand behind where it was given.</param>
    public static string Unknown(string name, string prefix)
    {
        string meant = name.TrimStart('-');
        string nearest = All.MinBy(known => Distance(meant, known))!;
        string hint = Distance(meant, nearest) <= Math.Min(FarthestMistake, meant.Length / 2)
            ? $"is {prefix}{nearest} meant? "
            : "";
        return $"{name} is not an option; {hint}docs/options.md has them all, and --help their names";
    }

    /// <summary>Whether a key of a settings file that is not the name of an option can only be a wrong one: hyphens are in no
    /// others.</summary>
    public static bool IsMeantForOne(string key) =>
        key.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && (key.Contains('-') || All.Any(known => Distance(key, known) == 1));

    // How many characters must be put in, taken out or replaced to make the one of the other.
    private static int Distance(string one, string other)
    {
        int[] above = [.. Enumerable.Range(0, other.Length + 1)];
        int[] here = new int[other.Length + 1];
        for (int i = 1; i <= one.Length; i++)
        {
            here[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                here[j] = Math.Min(replaced, Math.Min(above[j], here[j - 1]) + 1);
            }
            (above, here) = (here, above);
        }
        return above[other.Length];
    }
}
