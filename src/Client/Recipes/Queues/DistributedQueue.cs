using System.Globalization;
using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A queue that many fill and many empty. An element is claimed by a consumer, and not lost when that dies.</summary>
/// <remarks>
/// The layout is that of Curator's <c>DistributedQueue</c>, <c>DistributedPriorityQueue</c> and <c>DistributedDelayQueue</c>
/// with lock safety, elements alone in their znodes. Elements come in the order of their numbers; those with a priority
/// before by it, the smallest first; those with a delay when their time has come, by the consumer's clock. A queue is to be
/// filled in one of the three ways only.
/// </remarks>
public sealed class DistributedQueue
{
    private const string Prefix = "queue-";
    private const char Separator = '|';

    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly string _claims;

    /// <summary>Names a queue.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode below which the elements are; created as a container where it is missing.</param>
    /// <param name="claimPath">The znode below which the claims are, Curator's lock path; created likewise.</param>
    public DistributedQueue(ICoordinationClient client, string path, string claimPath)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        _claims = ChrootPath.ToServer(string.Empty, claimPath);
    }

    /// <summary>Puts an element at the end.</summary>
    /// <exception cref="ConnectionLossException">It is not known whether it was put there.</exception>
    public ValueTask PutAsync(ReadOnlyMemory<byte> element, CancellationToken cancellationToken = default) =>
        PutAsync(Prefix, element, cancellationToken);

    /// <summary>Puts elements at the end, all of them or none, along with what else a transaction does.</summary>
    /// <param name="elements">The elements, in their order.</param>
    /// <param name="along">What is to be done with that or not at all: a check of the lock that is held, a note of what was
    /// put. The puts are added to it, so it is not to be committed again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TransactionFailedException">Something else of the transaction cannot be done, so nothing was
    /// put.</exception>
    /// <exception cref="ConnectionLossException">It is not known whether it was done; what else the transaction has set
    /// tells.</exception>
    public async ValueTask PutAllAsync(
        IEnumerable<ReadOnlyMemory<byte>> elements, Transaction along, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(along);
        int first = along.Count;
        foreach (var element in elements)
            along.Create($"{_path}/{Prefix}", QueueElement.Encode(element.Span), CreateOptions.PersistentSequential);
        while (true)
        {
            try
            {
                await along.CommitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TransactionFailedException failure) when (failure.Index >= first && failure.Reason is NoNodeException)
            {
                await EnsureAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Puts an element behind those whose priority is smaller or the same.</summary>
    /// <param name="element">The element.</param>
    /// <param name="priority">Any number; the smallest comes first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConnectionLossException">It is not known whether it was put there.</exception>
    public ValueTask PutWithPriorityAsync(
        ReadOnlyMemory<byte> element, int priority, CancellationToken cancellationToken = default)
    {
        string sign = priority >= 0 ? "1" : "0";
        return PutAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Prefix}{sign}{(uint)priority:X8}"), element, cancellationToken);
    }

    /// <summary>Puts an element that is not to be had before a time.</summary>
    /// <param name="element">The element.</param>
    /// <param name="notBefore">The time, to the millisecond and from 1970 on, by the clock of the consumer that would take
    /// it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConnectionLossException">It is not known whether it was put there.</exception>
    public ValueTask PutDelayedAsync(
        ReadOnlyMemory<byte> element, DateTimeOffset notBefore, CancellationToken cancellationToken = default) => PutAsync(
        string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{Separator}{notBefore.ToUnixTimeMilliseconds():X8}{Separator}"),
        element, cancellationToken);

    /// <summary>Waits for an element, and claims it: for as long as it takes, over lost connections and ended sessions.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<QueueItem> TakeAsync(CancellationToken cancellationToken = default)
    {
        await EnsureAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var changes = new ZnodeWait.Change();
            var freed = new ZnodeWait.Change();
            try
            {
                var taken = await _client.GetChildrenAsync(_claims, freed.Take, cancellationToken).ConfigureAwait(false);
                var elements = await _client.GetChildrenAsync(_path, changes.Take, cancellationToken).ConfigureAwait(false);
                var candidates = Order(elements.Names.Except(taken.Names, StringComparer.Ordinal), out var next);
                foreach (string name in candidates)
                {
                    if (await TryClaimAsync(name, cancellationToken).ConfigureAwait(false) is { } item)
                        return item;
                }
                await WaitAsync(changes, freed, next, cancellationToken).ConfigureAwait(false);
            }
            catch (NoNodeException)
            {
                await EnsureAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (CoordinationException exception) when (Patience.IsWorthwhileAfter(exception))
            {
                // An element that was not claimed may be there all the same, and no event tells of it.
                await _client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _client.Forget(_path, changes.Take);
                _client.Forget(_claims, freed.Take);
            }
        }
    }

    private async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        await _client.EnsurePathAsync(_path, CreateOptions.Container, cancellationToken).ConfigureAwait(false);
        await _client.EnsurePathAsync(_claims, CreateOptions.Container, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PutAsync(string prefix, ReadOnlyMemory<byte> element, CancellationToken cancellationToken)
    {
        byte[] encoded = QueueElement.Encode(element.Span);
        while (true)
        {
            try
            {
                await _client.CreateAsync($"{_path}/{prefix}", encoded, CreateOptions.PersistentSequential, cancellationToken)
                    .ConfigureAwait(false);
                return;
            }
            catch (NoNodeException)
            {
                await EnsureAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Those whose turn has come, in their order; and how long it is until the next one's has.</summary>
    private List<string> Order(IEnumerable<string> names, out TimeSpan? next)
    {
        var due = new List<(long Time, string Name)>();
        long now = _client.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        next = null;
        foreach (string name in names.Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            long time = TimeOf(name);
            if (time <= now)
                due.Add((time, name));
            else if (next is null || next.Value.TotalMilliseconds > time - now)
                next = TimeSpan.FromMilliseconds(Math.Min(time - now, int.MaxValue));
        }
        due.Sort(static (one, other) => one.Time != other.Time
            ? one.Time.CompareTo(other.Time) : string.CompareOrdinal(one.Name, other.Name));
        return due.ConvertAll(static element => element.Name);
    }

    private static long TimeOf(string name)
    {
        int first = name.IndexOf(Separator, StringComparison.Ordinal);
        int last = name.LastIndexOf(Separator);
        return first >= 0 && last > first
            && long.TryParse(name.AsSpan(first + 1, last - first - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long time)
            ? time : 0;
    }

    private async Task<QueueItem?> TryClaimAsync(string name, CancellationToken cancellationToken)
    {
        var session = await _client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
        string claim = $"{_claims}/{name}";
        Stat claimed;
        try
        {
            // Not cancelled once it is sent: a claim of nobody's would keep the element from everybody.
            claimed = (await _client.CreateAsync(claim, CreateOptions.Ephemeral, CancellationToken.None).ConfigureAwait(false)).Stat;
        }
        catch (NodeExistsException)
        {
            return null;
        }
        catch (ConnectionLossException)
        {
            if (await FindClaimAsync(claim, session).ConfigureAwait(false) is not { } found)
                throw;
            claimed = found;
        }
        // Made in the session after, whose end would be nobody's loss.
        if (claimed.EphemeralOwner != session.Id && (session = _client.Session) is null)
            return null;
        if (await Listing.TryReadAsync(_client, $"{_path}/{name}", CancellationToken.None).ConfigureAwait(false) is { } znode)
        {
            var item = new QueueItem(_client, $"{_path}/{name}", claim, session, QueueElement.Decode(znode.Data), claimed.Czxid);
            if (!cancellationToken.IsCancellationRequested)
                return item;
            await item.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        // Another consumer had it, and has completed it since the list was read.
        await QueuePlace.DeleteInSessionAsync(_client, claim, session).ConfigureAwait(false);
        return null;
    }

    /// <summary>Looks whether a claim was made before contact was lost, however long it takes: one that is there and not found
    /// would keep the element from everybody.</summary>
    private async Task<Stat?> FindClaimAsync(string claim, ClientSession session)
    {
        while (!session.Ended.IsCancellationRequested)
        {
            try
            {
                await _client.ConnectedAsync(session.Ended).ConfigureAwait(false);
                await _client.SyncAsync(claim).ConfigureAwait(false);
                return await _client.ExistsAsync(claim).ConfigureAwait(false) is { } found && found.EphemeralOwner == session.Id
                    ? found : null;
            }
            catch (Exception exception) when (exception is ConnectionLossException or ReadOnlyServerException
                || (exception is OperationCanceledException && session.Ended.IsCancellationRequested))
            {
                // It goes with the session at the latest.
            }
        }
        return null;
    }

    private async ValueTask WaitAsync(
        ZnodeWait.Change changes, ZnodeWait.Change freed, TimeSpan? next, CancellationToken cancellationToken)
    {
        using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var any = await Task.WhenAny(
            changes.WaitAsync(_client, _path, other.Token).AsTask(), freed.WaitAsync(_client, _claims, other.Token).AsTask(),
            Task.Delay(next ?? Timeout.InfiniteTimeSpan, _client.TimeProvider, other.Token)).ConfigureAwait(false);
        await other.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await any.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
