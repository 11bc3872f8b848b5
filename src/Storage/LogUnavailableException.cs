namespace Coordination.Storage;

/// <summary>The log cannot take a row now: nothing was appended, and a later try may succeed.</summary>
public sealed class LogUnavailableException : Exception
{
    /// <summary>Makes the exception with what happened.</summary>
    public LogUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what happened and its cause.</summary>
    public LogUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
