
namespace Coordination.Client.Recipes;

/// <summary>Leads for as long as there is work to do, and then lets the next one lead.</summary>
/// <remarks>The layout is that of Curator's <c>LeaderSelector</c>: a fair lock whose holder leads.</remarks>
public sealed class LeaderSelector
{
    private readonly DistributedLock _lock;

    /// <summary>Names an election and a candidate.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which candidates queue; created as a container where it is missing.</param>
    /// <param name="id">Who the candidate is, for others to read.</param>
    public LeaderSelector(ICoordinationClient client, string path, string id = "")
    {
        ArgumentNullException.ThrowIfNull(client);
        _lock = new DistributedLock(client, path, id);
    }

    /// <summary>Waits for the lead, does the work, and gives the lead up.</summary>
    /// <param name="work">The work. Its token is cancelled when the lead is lost, or with the caller's.</param>
    /// <param name="cancellationToken">Ends the wait, and tells the work to end.</param>
    /// <exception cref="OperationCanceledException">The work ended because it was told to.</exception>
    public async Task LeadAsync(Func<Leadership, CancellationToken, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var handle = await _lock.AcquireAsync(cancellationToken).ConfigureAwait(false);
        await using (handle.ConfigureAwait(false))
        {
            var lead = new Leadership(handle, CancellationToken.None);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(lead.LostToken, cancellationToken);
            await work(lead, either.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Leads again and again, whenever it is this candidate's turn, until it is told to end.</summary>
    /// <param name="work">The work of one term.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LeadRepeatedlyAsync(
        Func<Leadership, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await LeadAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The lead was lost.
            }
            catch (ConnectionLossException)
            {
                // Nobody could be reached for long; the client goes on trying.
            }
            catch (SessionExpiredException)
            {
                // So has the lead: what the work had asked for was told of it before the work was.
            }
        }
    }

    /// <summary>Who stands for election, the leader first.</summary>
    public ValueTask<IReadOnlyList<string>> GetCandidatesAsync(CancellationToken cancellationToken = default) =>
        _lock.GetContendersAsync(cancellationToken);
}
