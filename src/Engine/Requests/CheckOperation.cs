namespace Coordination.Engine.Requests;

/// <summary>Checks the version of a znode's data, inside a multi.</summary>
/// <param name="path">The absolute path in UTF-8.</param>
/// <param name="version">The version that the znode must have; -1 for any.</param>
public sealed class CheckOperation(byte[] path, int version) : WriteOperation
{
    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>The version that the znode must have; -1 for any.</summary>
    public int Version { get; } = version;

    /// <summary>The zxid that must have created the znode, as one does a lock's; null for any.</summary>
    public long? Czxid { get; init; }
}
