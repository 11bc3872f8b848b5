using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coordination.Client.Recipes;

/// <summary>Where instances of services say where they are and what they can.</summary>
/// <typeparam name="T">What an instance says of itself; kept as JSON.</typeparam>
/// <remarks>An instance is an ephemeral znode by its id, below its service's: <c>/services/worker/worker-7</c>.</remarks>
public sealed class ServiceRegistry<T>
    where T : class
{
    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly JsonTypeInfo<T> _type;

    /// <summary>Names a registry.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode that the services are below; created as a container where it is missing.</param>
    /// <param name="type">How to read and write what instances say, as source generation has it.</param>
    public ServiceRegistry(ICoordinationClient client, string path, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(type);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        _type = type;
    }

    /// <summary>Registers an instance for as long as the registration is not disposed of, over sessions that end.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="id">The instance's id.</param>
    /// <param name="metadata">What it says of itself.</param>
    /// <param name="cancellationToken">Ends the wait until it is registered, and the registration.</param>
    public async Task<ServiceRegistration<T>> RegisterAsync(
        string service, string id, T metadata, CancellationToken cancellationToken = default)
    {
        var node = new PersistentNode(
            _client, $"{_path}/{service}/{id}", JsonSerializer.SerializeToUtf8Bytes(metadata, _type));
        try
        {
            await node.CreatedAsync(cancellationToken).ConfigureAwait(false);
            return new ServiceRegistration<T>(node, _type);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Follows the instances of a service.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="changed">Told of each instance that comes, goes, or says something else; null for nobody.</param>
    /// <param name="cancellationToken">Ends the wait until they are known.</param>
    public async Task<ServiceInstances<T>> FollowAsync(
        string service, Action<CacheChange>? changed = null, CancellationToken cancellationToken = default) => new(
        await ZnodeCache.StartAsync(_client, $"{_path}/{service}", CacheScope.Children, changed, cancellationToken)
            .ConfigureAwait(false),
        _type);
}
