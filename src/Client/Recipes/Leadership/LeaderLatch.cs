using System.Text;

namespace Coordination.Client.Recipes;

/// <summary>One of many that is the leader, for as long as it stands.</summary>
/// <remarks>
/// The layout is that of Curator's <c>LeaderLatch</c>: candidates queue, and the first leads. It stands for election from
/// <see cref="Start"/> until it is disposed of; when its session ends, it loses the lead and stands again in the next one.
/// </remarks>
public sealed class LeaderLatch : IAsyncDisposable
{
    private const string Prefix = "latch-";

    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<Leadership> _led = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;

    /// <summary>Names an election and a candidate.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which candidates queue; created as a container where it is missing.</param>
    /// <param name="id">Who the candidate is, for others to read.</param>
    public LeaderLatch(ICoordinationClient client, string path, string id = "")
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(id);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        Id = id;
    }

    /// <summary>Who the candidate is.</summary>
    public string Id { get; }

    /// <summary>As <see cref="DistributedLock.LockDelay"/>, between a leader that is lost and the next.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    public TimeSpan LockDelay { get; init => field = HoldMark.Check(value); }

    /// <summary>The lead, where this candidate has it and is sure to; null otherwise.</summary>
    public Leadership? Current
    {
        get
        {
            lock (_gate)
                return _led.Task is { IsCompletedSuccessfully: true } led && led.Result.IsHeld ? led.Result : null;
        }
    }

    /// <summary>Whether this candidate is sure to lead, by the clock and now.</summary>
    public bool IsLeader => Current is not null;

    /// <summary>Begins to stand for election.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            _running ??= Task.Run(RunAsync);
        }
    }

    /// <summary>Begins to stand for election where that was not done, and waits until this candidate leads.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended; the candidate goes on standing.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public async Task<Leadership> LeadAsync(CancellationToken cancellationToken = default)
    {
        Start();
        while (true)
        {
            Task<Leadership> led;
            lock (_gate)
                led = _led.Task;
            var lead = await led.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (lead.IsHeld)
                return lead;
            // It was lost before it could be told of: the next one is on its way.
            await Task.Delay(TimeSpan.FromMilliseconds(10), _client.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Who stands for election, the leader first.</summary>
    public static async ValueTask<IReadOnlyList<string>> GetCandidatesAsync(
        ICoordinationClient client, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var candidates = new List<string>();
        foreach (string name in SequentialName.Sort(await Listing.NamesAsync(client, path, cancellationToken).ConfigureAwait(false)))
        {
            if (await Listing.TryReadAsync(client, $"{path}/{name}", cancellationToken).ConfigureAwait(false) is { } znode)
                candidates.Add(znode.Text);
        }
        return candidates;
    }

    /// <summary>Gives up the lead, or the candidacy.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            if (!_closing.IsCancellationRequested)
                _closing.Cancel();
            running = _running;
            _led.TrySetCanceled(_closing.Token);
        }
        if (running is not null)
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await StandAsync().ConfigureAwait(false);
            }
            catch (CoordinationException exception) when (Patience.IsWorthwhileAfter(exception))
            {
                // Nobody could be reached for long; the client goes on trying.
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                lock (_gate)
                    _led.TrySetException(exception);
                throw;
            }
        }
    }

    private async Task StandAsync()
    {
        var terms = new LockTerms(_path, Prefix, LockQueue.Before, Encoding.UTF8.GetBytes(Id), LockDelay);
        var place = await LockQueue.AcquireAsync(_client, terms, _closing.Token).ConfigureAwait(false);
        var handle = new LockHandle(_client, place);
        await using (handle.ConfigureAwait(false))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, handle.LostToken);
            lock (_gate)
                _led.TrySetResult(new Leadership(handle, _closing.Token));
            await Task.Delay(Timeout.InfiniteTimeSpan, _client.TimeProvider, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                if (!_closing.IsCancellationRequested)
                    _led = new TaskCompletionSource<Leadership>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
