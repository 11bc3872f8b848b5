namespace Coordination.Storage;

/// <summary>The log or the checkpoint holds something that it cannot hold, or the disk failed under it: a silo must stop,
/// and touch nothing.</summary>
public sealed class LogCorruptException : Exception
{
    /// <summary>Makes the exception with what happened.</summary>
    public LogCorruptException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what happened and its cause.</summary>
    public LogCorruptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
