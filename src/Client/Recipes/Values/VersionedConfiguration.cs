using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coordination.Client.Recipes;

/// <summary>A configuration that many read and change, each change resting on what it has read.</summary>
/// <typeparam name="T">What it holds; kept as JSON in a znode's data.</typeparam>
public sealed class VersionedConfiguration<T>
    where T : class
{
    private readonly AtomicValue _value;
    private readonly JsonTypeInfo<T> _type;

    /// <summary>Names a configuration.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode; created with those above it by the first change.</param>
    /// <param name="type">How to read and write it, as source generation has it.</param>
    public VersionedConfiguration(ICoordinationClient client, string path, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _value = new AtomicValue(client, path);
        _type = type;
    }

    /// <summary>Reads it.</summary>
    /// <returns>What it holds, and its version; null and -1 where nobody has set it.</returns>
    /// <exception cref="JsonException">The znode's data is something else.</exception>
    public async ValueTask<(T? Value, int Version)> GetAsync(CancellationToken cancellationToken = default)
    {
        var read = await _value.GetAsync(cancellationToken).ConfigureAwait(false);
        return read is { Data.Length: > 0 } znode ? (znode.FromJson(_type), znode.Version) : (null, read?.Version ?? -1);
    }

    /// <summary>Changes it, as often as it takes until nobody else has changed it meanwhile.</summary>
    /// <param name="change">Makes the new one of the old one, which is null where there is none. It may be called several
    /// times.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The new one.</returns>
    /// <exception cref="JsonException">The znode's data is something else.</exception>
    /// <exception cref="ConnectionLossException">It is not known whether it was changed.</exception>
    public async ValueTask<T> UpdateAsync(Func<T?, T> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        T? changed = null;
        await _value.UpdateAsync(
            old =>
            {
                changed = change(old.IsEmpty ? null : JsonSerializer.Deserialize(old.Span, _type));
                return JsonSerializer.SerializeToUtf8Bytes(changed, _type);
            },
            cancellationToken).ConfigureAwait(false);
        return changed!;
    }
}
