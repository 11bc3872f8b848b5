namespace Coordination.Client;

/// <summary>What a client's connections are made by, where that is not TCP.</summary>
public interface IClientTransport
{
    /// <summary>What the client's log calls it.</summary>
    string Name { get; }

    /// <summary>Makes a connection to a server, to another one each time if it can: the client asks again when it has lost
    /// the one before, or was not served on it.</summary>
    /// <param name="cancellationToken">Cancelled when the connection, or the session on it, takes too long.</param>
    Task<ITransportConnection> ConnectAsync(CancellationToken cancellationToken);
}
