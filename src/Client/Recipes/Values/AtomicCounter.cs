using System.Buffers.Binary;

namespace Coordination.Client.Recipes;

/// <summary>A number that many add to.</summary>
/// <remarks>The layout is that of Curator's <c>DistributedAtomicLong</c>: eight bytes, the highest first.</remarks>
public sealed class AtomicCounter
{
    private readonly AtomicValue _value;

    /// <summary>Names a counter.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode; created with those above it by the first change.</param>
    public AtomicCounter(ICoordinationClient client, string path) => _value = new AtomicValue(client, path);

    /// <summary>Reads the number, which is 0 where nobody has set it.</summary>
    public async ValueTask<long> GetAsync(CancellationToken cancellationToken = default)
    {
        var read = await _value.GetAsync(cancellationToken).ConfigureAwait(false);
        return read is { } znode ? Decode(znode.Data) : 0;
    }

    /// <summary>Sets the number whatever it is.</summary>
    /// <exception cref="ConnectionLossException">It is not known whether it was set.</exception>
    public ValueTask SetAsync(long number, CancellationToken cancellationToken = default) =>
        _value.SetAsync(Encode(number), cancellationToken);

    /// <summary>Adds to the number.</summary>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum is none that 64 bits can hold.</exception>
    /// <exception cref="ConnectionLossException">It is not known whether it was added.</exception>
    public async ValueTask<long> AddAsync(long number, CancellationToken cancellationToken = default)
    {
        var sum = await _value.UpdateAsync(old => Encode(checked(Decode(old) + number)), cancellationToken)
            .ConfigureAwait(false);
        return Decode(sum);
    }

    private static byte[] Encode(long number)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }

    private static long Decode(ReadOnlyMemory<byte> bytes) => bytes.Length switch
    {
        0 => 0,
        sizeof(long) => BinaryPrimitives.ReadInt64BigEndian(bytes.Span),
        _ => throw new FormatException($"a counter of {bytes.Length} bytes, where it has {sizeof(long)}"),
    };
}
