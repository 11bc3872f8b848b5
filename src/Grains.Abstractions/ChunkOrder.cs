using System.Diagnostics.CodeAnalysis;
using Coordination.Grains.Messages;

namespace Coordination.Grains;

/// <summary>Puts chunks of a connection in the order of their numbers. Not thread-safe.</summary>
internal sealed class ChunkOrder
{
    /// <summary>How far chunks may be ahead of the one that is missing. Neither side has as many calls under way.</summary>
    internal const int MostAhead = 32;

    private readonly ConnectionChunk?[] _chunks = new ConnectionChunk?[MostAhead];
    private long _taken;

    /// <summary>Whether the next in order is there.</summary>
    internal bool HasNext => _chunks[Place(_taken + 1)] is not null;

    /// <summary>Whether a chunk was taken in before.</summary>
    internal bool Has(long number) =>
        number <= _taken || (number <= _taken + MostAhead && _chunks[Place(number)] is not null);

    /// <summary>Takes a chunk in; one that was taken in before is dropped.</summary>
    /// <returns>False where it is too far ahead: what is missing before it will not come any more.</returns>
    internal bool TryAdd(ConnectionChunk chunk)
    {
        if (Has(chunk.Number))
            return true;
        if (chunk.Number > _taken + MostAhead)
            return false;
        _chunks[Place(chunk.Number)] = chunk;
        return true;
    }

    /// <summary>Gives the next in order, if it is there.</summary>
    internal bool TryTake([NotNullWhen(true)] out ConnectionChunk? chunk)
    {
        ref var place = ref _chunks[Place(_taken + 1)];
        chunk = place;
        if (chunk is null)
            return false;
        place = null;
        _taken++;
        return true;
    }

    private static int Place(long number) => (int)(number % MostAhead);
}
