namespace Coordination.Grains.Connections;

/// <summary>Serves connections that come through grains.</summary>
public interface IConnectionServer
{
    /// <summary>Begins to serve a connection.</summary>
    /// <param name="connection">The key of its grain.</param>
    /// <returns>What its bytes go through; the server ends it when it is done with it.</returns>
    ConnectionPipe Open(Guid connection);
}
