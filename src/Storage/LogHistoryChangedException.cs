namespace Coordination.Storage;

/// <summary>The log no longer holds the history that the caller has applied, as after a restore: load again.</summary>
public sealed class LogHistoryChangedException : Exception
{
    /// <summary>Makes the exception with what happened.</summary>
    public LogHistoryChangedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what happened and its cause.</summary>
    public LogHistoryChangedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
