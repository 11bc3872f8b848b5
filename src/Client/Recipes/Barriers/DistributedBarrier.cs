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
    public async ValueTask LiftAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                await _client.DeleteAsync(_path, cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (NoNodeException)
            {
                return;
            }
            catch (ConnectionLossException)
            {
                // Whether it was done shows when it is asked for again.
            }
        }
    }

    /// <summary>Waits until it does not stand.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        ZnodeWait.UntilDeletedAsync(_client, _path, cancellationToken);
}
