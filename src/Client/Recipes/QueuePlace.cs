using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>An ephemeral znode of ours among those that queue below a parent.</summary>
internal sealed class QueuePlace
{
    private static readonly TimeSpan _longestRelease = TimeSpan.FromMinutes(5);

    private readonly ICoordinationClient _client;
    private string? _mark;
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
        bool isParentMissing = false;
        while (true)
        {
            var session = await client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
            string mark = SequentialName.NewMark();
            Task<QueuePlace?>? entering = null;
            try
            {
                if (isParentMissing)
                    await client.EnsurePathAsync(parent, CreateOptions.Container, cancellationToken).ConfigureAwait(false);
                isParentMissing = false;
                entering = TryEnterAsync(client, session, parent, mark, prefix, data);
                if (await entering.WaitAsync(cancellationToken).ConfigureAwait(false) is { } place)
                    return place;
            }
            catch (OperationCanceledException) when (entering is not null && cancellationToken.IsCancellationRequested)
            {
                _ = LeaveWhenEnteredAsync(entering);
                throw;
            }
            catch (NoNodeException)
            {
                isParentMissing = true;
            }
            catch (CoordinationException exception) when (Patience.IsWorthwhileAfter(exception))
            {
                // The next session begins at the end of the queue.
            }
        }
    }

    /// <summary>Leaves a mark behind for the case that the session ends before the place is left.</summary>
    /// <param name="delay">For how long nobody may follow then.</param>
    /// <param name="isShared">Whether those may who share what is held.</param>
    /// <param name="cancellationToken">Ends the wait; the mark goes with the place.</param>
    /// <returns>False where the place was lost.</returns>
    internal async Task<bool> MarkAsync(TimeSpan delay, bool isShared, CancellationToken cancellationToken)
    {
        string mark = $"{Parent}/{HoldMark.For(Name, delay, isShared).Name}";
        Volatile.Write(ref _mark, mark);
        while (true)
        {
            try
            {
                // Of a place that is lost already there must be none: it would keep others out for nothing.
                await _client.BeginTransaction().In(Session).Check(Path).Create(mark).CommitAsync(cancellationToken)
                    .ConfigureAwait(false);
                return true;
            }
            catch (ConnectionLossException)
            {
                // Whether it was done shows when it is asked for again.
            }
            catch (ReadOnlyServerException)
            {
                await _client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TransactionFailedException failure) when (failure.Reason is NodeExistsException)
            {
                return true;
            }
            catch (TransactionFailedException failure) when (failure.Reason is NoNodeException)
            {
                return false;
            }
        }
    }

    /// <summary>Deletes the znode, and the mark with it, however long it takes to know that it is gone; it goes with its
    /// session at the latest.</summary>
    internal async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _isLeft, 1) != 0)
            return;
        if (Volatile.Read(ref _mark) is { } mark)
            await DeleteAsync(_client, Session, cancellationToken => DeleteMarkedAsync(mark, cancellationToken)).ConfigureAwait(false);
        else
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

    private async ValueTask DeleteMarkedAsync(string mark, CancellationToken cancellationToken)
    {
        try
        {
            await _client.BeginTransaction().In(Session).Delete(mark).Delete(Path).CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TransactionFailedException failure) when (failure.Index == 0)
        {
            // It was given up before the mark was made, or somebody has deleted it.
            await _client.DeleteAsync(Path, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

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
            catch (ReadOnlyServerException)
            {
                await ((Task)client.ConnectedAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        CreatedZnode created;
        try
        {
            created = await creating.ConfigureAwait(false);
        }
        catch (ConnectionLossException)
        {
            await ((Task)listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await FindAsync(client, session, parent, mark).ConfigureAwait(false);
        }
        catch
        {
            await ((Task)listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        string name = created.Path[(parent.Length + 1)..];
        if (created.Stat.EphemeralOwner != session.Id)
        {
            await ((Task)listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DeleteStrayAsync(client, created.Path, created.Stat).ConfigureAwait(false);
            return null;
        }
        try
        {
            var names = (await listing.ConfigureAwait(false)).Names;
            return new QueuePlace(client, parent, name, created.Stat, session, names);
        }
        catch (ConnectionLossException)
        {
            return await FindAsync(client, session, parent, mark).ConfigureAwait(false);
        }
        catch (CoordinationException)
        {
            // Whoever may not look at the queue has no place in it.
            await DeleteAsync(client, created.Path, session).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks for what was created before contact was lost, however long it takes: what is there and not found would
    /// be in everybody's way.</summary>
    /// <returns>Null where there is nothing.</returns>
    private static async Task<QueuePlace?> FindAsync(
        ICoordinationClient client, ClientSession session, string parent, string mark)
    {
        while (!session.Ended.IsCancellationRequested)
        {
            try
            {
                // What was sent on another connection is done by now or never will be; but this server may be behind.
                await client.ConnectedAsync(session.Ended).ConfigureAwait(false);
                await client.SyncAsync(parent).ConfigureAwait(false);
                var names = (await client.GetChildrenAsync(parent).ConfigureAwait(false)).Names;
                if (names.FirstOrDefault(candidate => candidate.StartsWith(mark, StringComparison.Ordinal)) is not { } name
                    || await client.ExistsAsync($"{parent}/{name}").ConfigureAwait(false) is not { } stat)
                {
                    return null;
                }
                if (stat.EphemeralOwner == session.Id)
                    return new QueuePlace(client, parent, name, stat, session, names);
                await DeleteStrayAsync(client, $"{parent}/{name}", stat).ConfigureAwait(false);
                return null;
            }
            catch (CoordinationException exception) when (exception is ConnectionLossException or ReadOnlyServerException)
            {
                // Each attempt waits for a connection, so this is no hurry.
            }
            catch (OperationCanceledException) when (session.Ended.IsCancellationRequested)
            {
                // It is gone with the session.
            }
        }
        return null;
    }

    // It was made in the session that came after, and is nobody's.
    private static async Task DeleteStrayAsync(ICoordinationClient client, string path, Stat stat)
    {
        if (client.Session is { } later && later.Id == stat.EphemeralOwner)
            await DeleteAsync(client, path, later).ConfigureAwait(false);
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
