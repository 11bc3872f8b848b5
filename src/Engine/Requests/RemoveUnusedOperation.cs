namespace Coordination.Engine.Requests;

/// <summary>Removes a container without children, or a znode whose time to live is over; the service's own.</summary>
/// <remarks>Whether it still is to be removed is decided where it is validated, as of then.</remarks>
/// <param name="path">The absolute path in UTF-8.</param>
/// <param name="mostNeverUsed">How long a container that never had a child stays, in milliseconds; 0 for ever.</param>
public sealed class RemoveUnusedOperation(byte[] path, long mostNeverUsed = 0) : WriteOperation
{
    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>How long a container that never had a child stays, in milliseconds; 0 for ever.</summary>
    public long MostNeverUsed { get; } = mostNeverUsed;
}
