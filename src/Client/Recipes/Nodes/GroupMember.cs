namespace Coordination.Client.Recipes;

/// <summary>A member of a group, which knows the others.</summary>
/// <remarks>The layout is that of Curator's <c>GroupMember</c>: each member is an ephemeral znode by its id, below the
/// group's. Members are known from the last contact while there is none.</remarks>
public sealed class GroupMember : IAsyncDisposable
{
    private readonly PersistentNode _node;
    private readonly ZnodeCache _members;

    private GroupMember(PersistentNode node, ZnodeCache members)
    {
        _node = node;
        _members = members;
    }

    /// <summary>Whether the group may have changed without this member's knowledge.</summary>
    public bool IsStale => _members.IsStale;

    /// <summary>The members that are known, by id, with what they say of themselves; this one among them.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Members => _members.Znodes
        .Where(known => known.Key.Length > _members.Path.Length)
        .ToDictionary(known => known.Key[(_members.Path.Length + 1)..], known => known.Value.Data, StringComparer.Ordinal);

    /// <summary>Joins a group, and waits until that is done and its members are known.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The group's znode; created as a container where it is missing.</param>
    /// <param name="id">The member's id: the name of its znode.</param>
    /// <param name="data">What it says of itself.</param>
    /// <param name="changed">Told when members come, go, or say something else of themselves; null for nobody.</param>
    /// <param name="cancellationToken">Ends the wait, and the membership.</param>
    public static async Task<GroupMember> JoinAsync(
        ICoordinationClient client, string path, string id, ReadOnlyMemory<byte> data = default,
        Action<CacheChange>? changed = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var node = new PersistentNode(client, $"{path}/{id}", data);
        try
        {
            await node.CreatedAsync(cancellationToken).ConfigureAwait(false);
            var members = await ZnodeCache.StartAsync(client, path, CacheScope.Children, changed, cancellationToken)
                .ConfigureAwait(false);
            return new GroupMember(node, members);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says something else of itself.</summary>
    public void SetData(ReadOnlyMemory<byte> data) => _node.SetData(data);

    /// <summary>Leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        await _members.DisposeAsync().ConfigureAwait(false);
        await _node.DisposeAsync().ConfigureAwait(false);
    }
}
