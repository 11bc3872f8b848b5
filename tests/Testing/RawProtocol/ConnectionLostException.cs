namespace Coordination.Testing.RawProtocol;

/// <summary>The connection ended before the reply: whether the request was carried out is not known.</summary>
public sealed class ConnectionLostException(string message, Exception? innerException = null)
    : Exception(message, innerException);
