namespace Coordination.Client.Recipes;

/// <summary>Holds all who come to it until it is lifted.</summary>
/// <remarks>The layout is that of Curator's <c>DistributedBarrier</c>: it stands as long as its znode does.</remarks>
public sealed class DistributedBarrier
{
    private readonly ICoordinationClient _client;
    private readonly string _path;

    /// <summary>Names a barrier.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">Its znode.</param>
    public DistributedBarrier(ICoordinationClient client, string path)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
    }

    /// <summary>Sets it up, unless it stands already.</summary>
    public ValueTask SetAsync(CancellationToken cancellationToken = default) =>
        _client.EnsurePathAsync(_path, null, cancellationToken);

    /// <summary>Lifts it, if it stands.</summary>
    public ValueTask LiftAsync(CancellationToken cancellationToken = default) =>
        new(Certainty.DeleteAsync(_client, _path, cancellationToken));

    /// <summary>Waits until it does not stand: for as long as it takes, over lost connections and ended sessions.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        ZnodeWait.UntilDeletedAsync(_client, _path, cancellationToken);
}
