namespace Coordination.Storage;

/// <summary>A data folder cannot be used: it is foreign, newer, locked by another process, or not writable. The
/// message is for the operator.</summary>
public sealed class DataFolderException : Exception
{
    /// <summary>Makes the exception with what happened.</summary>
    public DataFolderException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what happened and its cause.</summary>
    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
