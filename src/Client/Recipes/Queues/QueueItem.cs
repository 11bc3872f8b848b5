namespace Coordination.Client.Recipes;

/// <summary>An element of a queue that this consumer has claimed.</summary>
/// <remarks>Whoever has done with it completes it, and only then it is gone from the queue. Disposing of what was not
/// completed gives it back, and so does the end of the session.</remarks>
public sealed class QueueItem : IAsyncDisposable
{
    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly string _claimPath;
    private readonly ClientSession _session;
    private bool _mayBeDone;
    private bool _isOver;

    internal QueueItem(
        ICoordinationClient client, string path, string claimPath, ClientSession session, ReadOnlyMemory<byte> data, long czxid)
    {
        _client = client;
        _path = path;
        _claimPath = claimPath;
        _session = session;
        Data = data;
        FencingToken = czxid;
    }

    /// <summary>The element.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Grows from claim to claim: to be written beside the results, so that those of an earlier claim are
    /// refused.</summary>
    public long FencingToken { get; }

    /// <summary>Cancelled when the claim is lost with the session: another consumer may have the element then.</summary>
    public CancellationToken LostToken => _session.Ended;

    /// <summary>Takes the element out of the queue; where an answer is lost, asks again until it is known whether that is
    /// done.</summary>
    /// <returns>False where the claim was lost, and the element may be another's.</returns>
    /// <exception cref="ConnectionLossException">No server could be reached for long. The claim stands as long as the session
    /// does, so it can be asked for again.</exception>
    public async ValueTask<bool> CompleteAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                // The claim has to stand for the element to go.
                await _client.BeginTransaction().In(_session).Delete(_claimPath).Delete(_path).CommitAsync(cancellationToken)
                    .ConfigureAwait(false);
                _isOver = true;
                return true;
            }
            catch (ConnectionLossException loss) when (loss.Outcome != RequestOutcome.NotSent)
            {
                _mayBeDone |= loss.Outcome == RequestOutcome.Unknown;
            }
            catch (SessionExpiredException)
            {
                _isOver = true;
                return false;
            }
            catch (TransactionFailedException failure) when (failure.Reason is NoNodeException)
            {
                _isOver = true;
                // In this session the claim goes by this, or by somebody who means harm.
                return _mayBeDone && failure.Index == 0;
            }
        }
    }

    /// <summary>Gives the element back, unless it was completed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        await QueuePlace.DeleteInSessionAsync(_client, _claimPath, _session).ConfigureAwait(false);
    }
}
