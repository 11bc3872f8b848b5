using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>An ephemeral znode of ours among those that queue below a parent.</summary>
internal sealed class QueuePlace
{
    private static readonly TimeSpan _longestRelease = TimeSpan.FromMinutes(5);

    private readonly ICoordinationClient _client;
    private int _isLeft;

    private QueuePlace(
        ICoordinationClient client, string parent, string name, Stat stat, ClientSession session, IReadOnlyList<string> names)
    {
        _client = client;
        Parent = parent;
        Name = name;
        Stat = stat;
        Session = session;
        Names = names;
    }

    internal string Parent { get; }

    internal string Name { get; }

    internal string Path => $"{Parent}/{Name}";

    /// <summary>The Stat as of its creation; its czxid grows from holder to holder, so it is the fencing token.</summary>
    internal Stat Stat { get; }

    internal ClientSession Session { get; }

    /// <summary>All names below the parent, as of a moment after it was created.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Takes a place at the end of the queue.</summary>
    /// <param name="client">The client.</param>
    /// <param name="parent">What the queue is below; created as a container where it is missing.</param>
    /// <param name="prefix">What the names have before their numbers: <c>lock-</c>.</param>
    /// <param name="data">What others can read of who is there.</param>
    /// <param name="cancellationToken">Ends the wait; a znode that is created all the same is deleted again.</param>
    internal static async Task<QueuePlace> EnterAsync(
        ICoordinationClient client, string parent, string prefix, ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
            string mark = SequentialName.NewMark();
            var entering = TryEnterAsync(client, session, parent, mark, prefix, data);
            try
            {
                if (await entering.WaitAsync(cancellationToken).ConfigureAwait(false) is { } place)
                    return place;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _ = LeaveWhenEnteredAsync(entering);
                throw;
            }
            catch (NoNodeException)
            {
                await client.EnsurePathAsync(parent, CreateOptions.Container, cancellationToken).ConfigureAwait(false);
            }
            catch (SessionExpiredException)
            {
                // The next session begins at the end of the queue.
            }
        }
    }

    /// <summary>Deletes the znode, however long it takes to know that it is gone; it goes with its session at the
    /// latest.</summary>
    internal async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _isLeft, 1) != 0)
            return;
        await DeleteAsync(_client, Path, Session).ConfigureAwait(false);
    }

    /// <summary>Deletes an ephemeral znode whose path is nobody else's, over lost connections.</summary>
    internal static Task DeleteAsync(ICoordinationClient client, string path, ClientSession session) => DeleteAsync(
        client, session, cancellationToken => client.DeleteAsync(path, cancellationToken: cancellationToken));

    /// <summary>Deletes an ephemeral znode whose path may be another's when the session has ended.</summary>
    internal static Task DeleteInSessionAsync(ICoordinationClient client, string path, ClientSession session) => DeleteAsync(
        client, session,
        async cancellationToken => await client.BeginTransaction().In(session).Delete(path).CommitAsync(cancellationToken)
            .ConfigureAwait(false));

    private static async Task DeleteAsync(
        ICoordinationClient client, ClientSession session, Func<CancellationToken, ValueTask> delete)
    {
        using var limit = new CancellationTokenSource(_longestRelease, client.TimeProvider);
        while (!session.Ended.IsCancellationRequested)
        {
            try
            {
                await delete(limit.Token).ConfigureAwait(false);
                return;
            }
            catch (ConnectionLossException)
            {
                // Whether it was done shows when it is asked for again.
            }
            catch (Exception exception) when (exception is NoNodeException or TransactionFailedException
                or SessionExpiredException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<QueuePlace?> TryEnterAsync(
        ICoordinationClient client, ClientSession session, string parent, string mark, string prefix,
        ReadOnlyMemory<byte> data)
    {
        // Both are on their way together: the list is of a moment after the create, since requests keep their order.
        var creating = client.CreateAsync($"{parent}/{mark}{prefix}", data, CreateOptions.EphemeralSequential);
        var listing = client.GetChildrenAsync(parent).AsTask();
        string? name = null;
        Stat stat = default;
        try
        {
            var created = await creating.ConfigureAwait(false);
            name = created.Path[(parent.Length + 1)..];
            stat = created.Stat;
        }
        catch (ConnectionLossException)
        {
            // It may be there all the same.
        }
        catch
        {
            await ((Task)listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        // After a reconnect, this is the first list that must know of it.
        var names = await NamesAsync(client, session, listing, name is null ? null : $"{parent}/{name}").ConfigureAwait(false);
        name ??= names.FirstOrDefault(candidate => candidate.StartsWith(mark, StringComparison.Ordinal));
        if (name is null)
            return null;
        string path = $"{parent}/{name}";
        if (stat == default && await client.ExistsAsync(path).ConfigureAwait(false) is { } found)
            stat = found;
        if (stat.EphemeralOwner == session.Id)
            return new QueuePlace(client, parent, name, stat, session, names);
        // It was made in the session that came after, and is nobody's.
        if (client.Session is { } later && later.Id == stat.EphemeralOwner)
            await DeleteAsync(client, path, later).ConfigureAwait(false);
        return null;
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(
        ICoordinationClient client, ClientSession session, Task<ZnodeChildren> listing, string? created)
    {
        try
        {
            return (await listing.ConfigureAwait(false)).Names;
        }
        catch (CoordinationException) when (created is not null)
        {
            // Whoever may not look at the queue has no place in it.
            await DeleteAsync(client, created, session).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task LeaveWhenEnteredAsync(Task<QueuePlace?> entering)
    {
        try
        {
            if (await entering.ConfigureAwait(false) is { } place)
                await place.LeaveAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CoordinationException or ObjectDisposedException)
        {
            // Then there is nothing to leave.
        }
    }
}
