using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>Begins together, and ends together: nobody gets in before all are there, nor out before all are done.</summary>
/// <remarks>The layout is that of Curator's <c>DistributedDoubleBarrier</c>. A member whose session ends is gone from it, and
/// finds out with <see cref="SessionExpiredException"/>; the others do not wait for it when they leave.</remarks>
public sealed class DoubleBarrier
{
    private const string Ready = "ready";

    private readonly ICoordinationClient _client;
    private readonly string _path;
    private readonly int _count;
    private readonly string _name = Guid.NewGuid().ToString("d");
    private ClientSession? _session;

    /// <summary>Names a barrier, and a member of it.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">Its znode; created where it is missing.</param>
    /// <param name="count">How many members there are, from 1 on; all say the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public DoubleBarrier(ICoordinationClient client, string path, int count)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _client = client;
        _path = ChrootPath.ToServer(string.Empty, path);
        _count = count;
    }

    private string OwnPath => $"{_path}/{_name}";

    private string ReadyPath => $"{_path}/{Ready}";

    /// <summary>Enters, and waits until all are there. Who gives up waiting leaves.</summary>
    /// <exception cref="SessionExpiredException">The session ended meanwhile.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken = default)
    {
        await _client.EnsurePathAsync(_path, CreateOptions.Container, cancellationToken).ConfigureAwait(false);
        _session = await _client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _session.Ended);
        bool isIn = false;
        try
        {
            var ready = new ZnodeWait.Change();
            bool isReady = await _client.ExistsAsync(ReadyPath, ready.Take, either.Token).ConfigureAwait(false) is not null;
            await Certainty.CreateAsync(_client, OwnPath, _session, either.Token).ConfigureAwait(false);
            while (!isReady)
            {
                if ((await MembersAsync(either.Token).ConfigureAwait(false)).Count >= _count)
                {
                    await Certainty.CreateAsync(_client, ReadyPath, CreateOptions.Persistent, either.Token).ConfigureAwait(false);
                    break;
                }
                var told = await ready.WaitAsync(_client, ReadyPath, either.Token).ConfigureAwait(false);
                if (told == WatchEventType.NodeCreated)
                    break;
                ready = new ZnodeWait.Change();
                isReady = await _client.ExistsAsync(ReadyPath, ready.Take, either.Token).ConfigureAwait(false) is not null;
            }
            _client.Forget(ReadyPath, ready.Take);
            isIn = true;
        }
        catch (OperationCanceledException) when (_session.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SessionExpiredException("enter", _path);
        }
        finally
        {
            if (!isIn)
                _ = QueuePlace.DeleteAsync(_client, OwnPath, _session);
        }
    }

    /// <summary>Says that this member is done, and waits until all are.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (_session is null)
            throw new InvalidOperationException("it was never entered");
        try
        {
            await WaitForOthersAsync(_session, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Who gives up waiting is done all the same.
            await QueuePlace.DeleteAsync(_client, OwnPath, _session).ConfigureAwait(false);
        }
        await Certainty.DeleteAsync(_client, ReadyPath, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForOthersAsync(ClientSession session, CancellationToken cancellationToken)
    {
        bool hasLeft = false;
        while (true)
        {
            var members = await MembersAsync(cancellationToken).ConfigureAwait(false);
            int index = members.IndexOf(_name);
            if (members.Count == 0 || (members.Count == 1 && index == 0))
                return;
            // The first waits for the last, all others go and wait for the first: each is woken once.
            if (index != 0 && !hasLeft)
            {
                await QueuePlace.DeleteAsync(_client, OwnPath, session).ConfigureAwait(false);
                hasLeft = true;
            }
            string awaited = index == 0 ? members[^1] : members[0];
            await ZnodeWait.UntilDeletedAsync(_client, $"{_path}/{awaited}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<string>> MembersAsync(CancellationToken cancellationToken)
    {
        var names = await Listing.NamesAsync(_client, _path, cancellationToken).ConfigureAwait(false);
        return [.. names.Where(static name => name != Ready).Order(StringComparer.Ordinal)];
    }
}
