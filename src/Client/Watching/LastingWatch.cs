using Coordination.Client.Connecting;
using Coordination.Client.Requests;
using Coordination.Protocol;

namespace Coordination.Client.Watching;

/// <summary>A watch that stays until it is disposed of.</summary>
internal sealed class LastingWatch(
    SessionKeeper keeper, WatchTable watches, string chroot, string path, WatchKind kind, Action<WatchEvent> watcher)
    : IAsyncDisposable
{
    /// <summary>Removes the watcher; and the server's watch, where nobody else needs it.</summary>
    /// <remarks>All of the path's watches go then, since servers before 3.9 do not know their kinds. Where that cannot be
    /// done at once, events that come are for nobody, until the connection is another.</remarks>
    public ValueTask DisposeAsync()
    {
        string serverPath = ChrootPath.ToServer(chroot, path);
        watches.Remove(kind, serverPath, watcher);
        keeper.SendIfConnected(
            new RemoveWatchesRequest(chroot, path, WatcherType.Any), () => watches.IsFree(serverPath));
        return ValueTask.CompletedTask;
    }
}
