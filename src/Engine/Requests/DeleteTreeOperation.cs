namespace Coordination.Engine.Requests;

/// <summary>Deletes a znode and all that is below it, all or nothing, under one zxid.</summary>
/// <remarks>Each deletion needs the right that it would need alone. Watches fire as if each had been asked for, children
/// before their parents.</remarks>
/// <param name="path">The absolute path in UTF-8.</param>
/// <param name="version">The version that the znode itself must have; -1 for any.</param>
public sealed class DeleteTreeOperation(byte[] path, int version) : WriteOperation
{
    /// <summary>The most znodes that one request deletes; where there are more, nothing is deleted.</summary>
    public const int MostZnodes = 10_000;

    /// <summary>The most bytes that their paths may take together.</summary>
    public const int MostPathBytes = 8 << 20;

    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>The version that the znode itself must have; -1 for any.</summary>
    public int Version { get; } = version;
}
