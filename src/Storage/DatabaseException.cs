namespace Coordination.Storage;

/// <summary>A database cannot be used as a cluster's store: it is unreachable, foreign, of a newer format, or set to
/// acknowledge before it is durable. Nothing was changed in it.</summary>
public sealed class DatabaseException : Exception
{
    /// <summary>Makes the exception with what is wrong.</summary>
    public DatabaseException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what is wrong and its cause.</summary>
    public DatabaseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
