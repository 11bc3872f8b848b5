namespace Coordination.Storage;

/// <summary>Whether a row was appended is not known: offer the same row again to find out.</summary>
public sealed class LogOutcomeUnknownException : Exception
{
    /// <summary>Makes the exception with what happened.</summary>
    public LogOutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what happened and its cause.</summary>
    public LogOutcomeUnknownException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
