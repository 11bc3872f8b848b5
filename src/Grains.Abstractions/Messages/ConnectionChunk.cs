using Orleans;

namespace Coordination.Grains.Messages;

/// <summary>A piece of what goes over a connection in one direction.</summary>
/// <param name="Number">Its place among them, from 1 on; 0 where there is nothing.</param>
/// <param name="Bytes">The bytes; null where there are none.</param>
/// <param name="IsLast">Whether nothing comes after it. With the number 0: there is no such connection any more.</param>
[GenerateSerializer, Immutable]
[Alias("Coordination.ConnectionChunk")]
public sealed record ConnectionChunk(
    [property: Id(0)] long Number,
    [property: Id(1)] byte[]? Bytes = null,
    [property: Id(2)] bool IsLast = false)
{
    /// <summary>The greatest length of a chunk in bytes.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Nothing for now.</summary>
    public static ConnectionChunk Nothing { get; } = new(0);

    /// <summary>There is no such connection any more.</summary>
    public static ConnectionChunk Gone { get; } = new(0, IsLast: true);
}
