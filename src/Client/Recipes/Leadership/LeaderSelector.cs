namespace Coordination.Client.Recipes;

/// <summary>Leads for as long as there is work to do, and then lets the next one lead.</summary>
/// <remarks>The layout is that of Curator's <c>LeaderSelector</c>: a fair lock whose holder leads.</remarks>
public sealed class LeaderSelector
{
    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly string _id;

    /// <summary>Names an election and a candidate.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which candidates queue; created as a container where it is missing.</param>
    /// <param name="id">Who the candidate is, for others to read.</param>
    public LeaderSelector(ICoordinationClient client, string path, string id = "")
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(id);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        _id = id;
    }

    /// <summary>As <see cref="DistributedLock.LockDelay"/>, between a leader that is lost and the next.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    public TimeSpan LockDelay { get; init => field = HoldMark.Check(value); }

    private DistributedLock Lock => new(_client, _path, _id) { LockDelay = LockDelay };

    /// <summary>Waits for the lead, does the work, and gives the lead up.</summary>
    /// <param name="work">The work. Its token is cancelled when the lead is lost, or with the caller's.</param>
    /// <param name="cancellationToken">Ends the wait, and tells the work to end.</param>
    /// <exception cref="OperationCanceledException">The work ended because it was told to.</exception>
    public async Task LeadAsync(Func<Leadership, CancellationToken, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var handle = await Lock.AcquireAsync(cancellationToken).ConfigureAwait(false);
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
            catch (CoordinationException exception) when (Patience.IsWorthwhileAfter(exception))
            {
                // Nobody could be reached for long, and the client goes on trying; or the session has ended, of which what the
                // work had asked for was told before the work was.
            }
        }
    }

    /// <summary>Who stands for election, the leader first.</summary>
    public ValueTask<IReadOnlyList<string>> GetCandidatesAsync(CancellationToken cancellationToken = default) =>
        Lock.GetContendersAsync(cancellationToken);
}
