namespace Coordination.Engine.Requests;

/// <summary>Sets a znode's data.</summary>
/// <param name="path">The absolute path in UTF-8.</param>
/// <param name="data">The data, which may be null.</param>
/// <param name="version">The version that the znode must have; -1 for any.</param>
public sealed class SetDataOperation(byte[] path, byte[]? data, int version) : WriteOperation
{
    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>The data, which may be null.</summary>
    public byte[]? Data { get; } = data;

    /// <summary>The version that the znode must have; -1 for any.</summary>
    public int Version { get; } = version;
}
