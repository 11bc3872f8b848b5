using System.Net;

namespace Coordination.Client.Tests.Networks;

/// <summary>Stands between clients and a server, and can be a network that has failed: one that swallows everything
/// without a word, or one whose every connection is cut.</summary>
public abstract class TestNetwork(IPEndPoint server) : IAsyncDisposable
{
    /// <summary>Where the server listens.</summary>
    public IPEndPoint Server { get; } = server;

    /// <summary>Has a client connect through it.</summary>
    public abstract CoordinationClientOptions Connect(CoordinationClientOptions options);

    /// <summary>Nothing gets through any more, and nobody is told; what is sent meanwhile waits.</summary>
    public abstract void Silence();

    /// <summary>No answer gets through any more, while what is asked does.</summary>
    public abstract void SilenceAnswers();

    /// <summary>Cuts every connection, and each new one at once.</summary>
    public abstract void Refuse();

    /// <summary>Cuts every connection; new ones get through.</summary>
    public abstract void Cut();

    /// <summary>Lets everything through again.</summary>
    public abstract void Restore();

    public abstract ValueTask DisposeAsync();
}
