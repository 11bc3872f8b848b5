namespace Coordination.Engine.Log;

/// <summary>The levels of the log's format.</summary>
public static class LogFormat
{
    /// <summary>The level that this program writes, and the highest that it reads.</summary>
    public const int CurrentLevel = 1;
}
