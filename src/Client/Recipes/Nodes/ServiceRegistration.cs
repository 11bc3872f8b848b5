using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coordination.Client.Recipes;

/// <summary>An instance that is registered. Disposing of it takes it out again.</summary>
/// <typeparam name="T">What it says of itself.</typeparam>
public sealed class ServiceRegistration<T> : IAsyncDisposable
    where T : class
{
    private readonly PersistentNode _node;
    private readonly JsonTypeInfo<T> _type;

    internal ServiceRegistration(PersistentNode node, JsonTypeInfo<T> type)
    {
        _node = node;
        _type = type;
    }

    /// <summary>Says something else of itself. Does not wait until that is known.</summary>
    public void Update(T metadata) => _node.SetData(JsonSerializer.SerializeToUtf8Bytes(metadata, _type));

    /// <summary>Takes it out.</summary>
    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
