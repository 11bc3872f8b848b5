namespace Coordination.Gateway.FourLetterWords;

/// <summary>How many files this process has open, and may have.</summary>
internal static class FileDescriptors
{
    private const string Limits = "/proc/self/limits";
    private const string Open = "/proc/self/fd";

    /// <summary>How many are open; -1 where the system does not tell.</summary>
    public static long OpenCount() => Directory.Exists(Open) ? Directory.EnumerateFileSystemEntries(Open).Count() : -1;

    /// <summary>How many may be open; -1 where the system does not tell.</summary>
    public static long MostCount()
    {
        if (!File.Exists(Limits))
            return -1;
        string? line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var columns = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns is { Length: > 3 } && long.TryParse(columns[3], out long most) ? most : -1;
    }
}
