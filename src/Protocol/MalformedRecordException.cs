namespace Coordination.Protocol;

/// <summary>Bytes that should be a record of the protocol, or of the log, are not one.</summary>
public sealed class MalformedRecordException : Exception
{
    /// <summary>Makes the exception with what is wrong with the bytes.</summary>
    public MalformedRecordException(string message)
        : base(message)
    {
    }
}
