using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coordination.Client.Recipes;

/// <summary>The instances of a service that are known; the last ones while contact is lost.</summary>
/// <typeparam name="T">What they say of themselves.</typeparam>
public sealed class ServiceInstances<T> : IAsyncDisposable
    where T : class
{
    private readonly ZnodeCache _cache;
    private readonly JsonTypeInfo<T> _type;

    internal ServiceInstances(ZnodeCache cache, JsonTypeInfo<T> type)
    {
        _cache = cache;
        _type = type;
    }

    /// <summary>Whether they may have changed, since contact is lost.</summary>
    public bool IsStale => _cache.IsStale;

    /// <summary>The instances, by id. Those whose data is something else are left out.</summary>
    public IReadOnlyDictionary<string, T> Known
    {
        get
        {
            var known = new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var (path, znode) in _cache.Znodes)
            {
                if (path.Length > _cache.Path.Length && TryRead(znode) is { } metadata)
                    known[path[(_cache.Path.Length + 1)..]] = metadata;
            }
            return known;
        }
    }

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    private T? TryRead(Znode znode)
    {
        try
        {
            return znode.Data.IsEmpty ? null : znode.FromJson(_type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
