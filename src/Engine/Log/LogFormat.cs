using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>The levels of the log's format.</summary>
/// <remarks>A batch names the level that it needs. The level of a cluster is an entry: it is raised when all silos can read
/// what needs it, and until then nobody writes such a thing.</remarks>
public static class LogFormat
{
    /// <summary>The level of all that has always been there.</summary>
    public const int FirstLevel = 1;

    /// <summary>The highest level that this program reads, and writes where the cluster has it.</summary>
    public const int CurrentLevel = 3;

    /// <summary>The level of <see cref="EntryKind.ForgetSilos"/>.</summary>
    public const int ForgettingLevel = 2;

    /// <summary>The level of <see cref="EntryKind.Once"/>.</summary>
    public const int OnceLevel = 3;

    /// <summary>Checks that this program reads what a log may hold from here on.</summary>
    /// <exception cref="MalformedRecordException">It is a newer program's.</exception>
    internal static void Check(int level)
    {
        if (level > CurrentLevel)
        {
            throw new MalformedRecordException(
                $"the log has the format level {level}, this program reads up to {CurrentLevel}: a newer one is needed");
        }
    }
}
