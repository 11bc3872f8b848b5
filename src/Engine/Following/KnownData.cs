namespace Coordination.Engine.Following;

/// <summary>A znode's data, where it is known.</summary>
/// <param name="IsKnown">Whether it is known.</param>
/// <param name="Bytes">The data; null where it is null, where there is no znode, or where it is not known.</param>
public readonly record struct KnownData(bool IsKnown, ReadOnlyMemory<byte>? Bytes)
{
    /// <summary>Nobody can tell any more.</summary>
    public static KnownData Unknown => default;

    /// <summary>There is no znode, and so no data.</summary>
    public static KnownData None => new(true, null);
}
