namespace Orleans.Runtime;

/// <summary>An observer is no more: its reference was deleted, or the object was collected.</summary>
public sealed class ClientNotAvailableException : OrleansException
{
    internal ClientNotAvailableException(string message)
        : base(message)
    {
    }
}
