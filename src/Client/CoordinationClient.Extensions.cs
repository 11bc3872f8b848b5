using System.Runtime.CompilerServices;
using Coordination.Client.Following;
using Coordination.Client.Reading;
using Coordination.Client.Requests;
using Coordination.Protocol;

namespace Coordination.Client;

/// <content>What our servers have beyond ZooKeeper's protocol, and the nearest to it that any ZooKeeper can do.</content>
public sealed partial class CoordinationClient
{
    private const int MostReadsAtOnce = 64;

    /// <inheritdoc/>
    public async ValueTask DeleteRecursiveAsync(
        string path, int version = ICoordinationClient.AnyVersion, CancellationToken cancellationToken = default)
    {
        if (await HasAsync(Extension.DeleteTree, cancellationToken).ConfigureAwait(false))
        {
            await _keeper.SendAsync(new DeleteTreeRequest(_chroot, path, version), cancellationToken).ConfigureAwait(false);
            return;
        }
        if (await ExistsAsync(path, cancellationToken).ConfigureAwait(false) is not { } stat)
            throw new NoNodeException("deleteTree", path);
        if (version != ICoordinationClient.AnyVersion && stat.Version != version)
            throw new BadVersionException("deleteTree", path, version);
        await this.DeleteTreeAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ZnodeChild> EnumerateChildrenAsync(
        string path, int pageSize = 1000, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        if (!await HasAsync(Extension.ChildrenPages, cancellationToken).ConfigureAwait(false))
        {
            await foreach (var child in ReadChildrenOneByOneAsync(path, pageSize, cancellationToken).ConfigureAwait(false))
                yield return child;
            yield break;
        }
        string after = string.Empty;
        long zxid = ChildrenPageRequest.Now;
        ChildrenPage page;
        do
        {
            page = await ReadPageAsync(path, after, pageSize, zxid, cancellationToken).ConfigureAwait(false);
            foreach (var child in page.Children)
                yield return child;
            zxid = page.Zxid;
            after = page.Children.Count > 0 ? page.Children[^1].Name : after;
        }
        while (!page.IsLast);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ZnodeChange> WatchChangesAsync(
        string path, long fromZxid = ICoordinationClient.FromNow, ChangeScope scope = ChangeScope.Tree,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!await HasAsync(Extension.WatchFrom, cancellationToken).ConfigureAwait(false))
        {
            await foreach (var change in WatchByReadingAsync(path, scope, cancellationToken).ConfigureAwait(false))
                yield return change;
            yield break;
        }
        while (true)
        {
            var feed = _keeper.Feeds.Open(_chroot, path);
            try
            {
                if (!await TryBeginAsync(feed, path, scope, fromZxid, cancellationToken).ConfigureAwait(false))
                    continue;
                await foreach (var told in feed.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    foreach (var change in told.Changes)
                        yield return change;
                    fromZxid = told.Zxid;
                }
            }
            finally
            {
                _keeper.Feeds.Close(feed);
                _keeper.SendUnawaited(WatchFromRequest.End(feed.Number));
            }
        }
    }

    // False where contact, to a server that writes, was lost before it began.
    private async ValueTask<bool> TryBeginAsync(
        ChangeFeed feed, string path, ChangeScope scope, long fromZxid, CancellationToken cancellationToken)
    {
        try
        {
            await ConnectedAsync(cancellationToken).ConfigureAwait(false);
            await _keeper.SendPlainAsync(
                new WatchFromRequest(feed.Number, _chroot, path, scope, fromZxid), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is ConnectionLossException or SessionExpiredException or ReadOnlyServerException)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<ZnodeChange> WatchByReadingAsync(
        string path, ChangeScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mode = scope == ChangeScope.Tree ? AddWatchMode.PersistentRecursive : AddWatchMode.Persistent;
        var watch = await this.WatchAsync(path, mode, cancellationToken).ConfigureAwait(false);
        await using var ending = ((IAsyncDisposable)watch).ConfigureAwait(false);
        yield return new ZnodeChange(ZnodeChangeKind.HistoryLost, path, LastZxidSeen);
        await foreach (var watchEvent in watch.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            switch (watchEvent.Type)
            {
                case WatchEventType.None when watchEvent.State == SessionState.Connected:
                    yield return new ZnodeChange(ZnodeChangeKind.HistoryLost, path, LastZxidSeen);
                    break;
                case WatchEventType.NodeDeleted:
                    yield return new ZnodeChange(ZnodeChangeKind.Deleted, watchEvent.Path, watchEvent.Zxid) { IsDataKnown = true };
                    break;
                case WatchEventType.NodeCreated or WatchEventType.NodeDataChanged:
                    yield return await ReadChangeAsync(watchEvent, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask<ZnodeChange> ReadChangeAsync(WatchEvent watchEvent, CancellationToken cancellationToken)
    {
        var kind = watchEvent.Type == WatchEventType.NodeCreated ? ZnodeChangeKind.Created : ZnodeChangeKind.DataSet;
        var change = new ZnodeChange(kind, watchEvent.Path, watchEvent.Zxid) { IsPreviousKnown = kind == ZnodeChangeKind.Created };
        try
        {
            var znode = await GetDataAsync(watchEvent.Path, cancellationToken).ConfigureAwait(false);
            return change with { IsDataKnown = true, Data = znode.Data, Stat = znode.Stat };
        }
        catch (Exception exception) when (exception is NoNodeException or AccessDeniedException)
        {
            return change;
        }
    }

    private async ValueTask<ChildrenPage> ReadPageAsync(
        string path, string after, int pageSize, long zxid, CancellationToken cancellationToken)
    {
        try
        {
            return await _keeper.SendAsync(
                new ChildrenPageRequest(_chroot, path, after, pageSize, zxid), cancellationToken).ConfigureAwait(false);
        }
        catch (CoordinationException exception)
            when (exception.Code == ErrorCode.HistoryLost && zxid != ChildrenPageRequest.Now)
        {
            return await _keeper.SendAsync(
                new ChildrenPageRequest(_chroot, path, after, pageSize, ChildrenPageRequest.Now), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<ZnodeChild> ReadChildrenOneByOneAsync(
        string path, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var children = await GetChildrenAsync(path, cancellationToken).ConfigureAwait(false);
        string prefix = path == "/" ? path : path + "/";
        foreach (string[] names in children.Names.Order(StringComparer.Ordinal).Chunk(Math.Min(pageSize, MostReadsAtOnce)))
        {
            var reads = names.Select(name => ReadChildAsync(prefix, name, cancellationToken).AsTask()).ToArray();
            foreach (var child in await Task.WhenAll(reads).ConfigureAwait(false))
                yield return child;
        }
    }

    private async ValueTask<ZnodeChild> ReadChildAsync(string prefix, string name, CancellationToken cancellationToken)
    {
        try
        {
            var znode = await GetDataAsync(prefix + name, cancellationToken).ConfigureAwait(false);
            return new ZnodeChild(name, ZnodeChildState.SetSince, znode.Data, znode.Stat, -1);
        }
        catch (NoNodeException)
        {
            return new ZnodeChild(name, ZnodeChildState.DeletedSince, null, null, -1);
        }
        catch (AccessDeniedException)
        {
            return new ZnodeChild(name, ZnodeChildState.NotReadable, null, null, -1);
        }
    }

    // What a server lists, all servers have that the session may come to, and it stays.
    private async ValueTask<bool> HasAsync(Extension extension, CancellationToken cancellationToken)
    {
        var session = await ConnectedAsync(cancellationToken).ConfigureAwait(false);
        return session.Extensions.Has(extension);
    }
}
