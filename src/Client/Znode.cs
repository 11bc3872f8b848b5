using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>A znode's data and Stat, of one moment.</summary>
/// <param name="Data">The data; empty for a znode without data too.</param>
/// <param name="Stat">The Stat.</param>
public readonly record struct Znode(ReadOnlyMemory<byte> Data, Stat Stat)
{
    /// <summary>The version to name in a write that shall only be done if nobody else has written since.</summary>
    public int Version => Stat.Version;

    /// <summary>The data as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The data as JSON.</summary>
    /// <param name="type">What to read, as source generation has it.</param>
    /// <exception cref="JsonException">The data is no such JSON.</exception>
    public T? FromJson<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);
}
