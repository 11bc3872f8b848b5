using Coordination.Client.Watching;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>A read that can leave a watch behind.</summary>
internal abstract class WatchingRequest<TResult> : PendingRequest<TResult>
{
    private WatchTable? _watches;
    private Action<WatchEvent>? _watcher;
    private string _clientPath = string.Empty;

    internal sealed override bool IsRead => true;

    internal sealed override string? ClientPath => _clientPath;

    /// <summary>The path as the server knows it.</summary>
    protected string ServerPath { get; private set; } = string.Empty;

    protected void Set(string clientPath, string serverPath, WatchTable watches, Action<WatchEvent>? watcher)
    {
        _clientPath = clientPath;
        ServerPath = serverPath;
        _watcher = watcher;
        if (watcher is null)
            return;
        _watches = watches;
        watches.Intend(serverPath);
    }

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteString(ServerPath);
        buffer.WriteBool(_watcher is not null);
    }

    /// <summary>Which watch the server has set with this answer; null for none.</summary>
    protected abstract WatchKind? WatchSetBy(ErrorCode error);

    protected sealed override void OnAnswered(ErrorCode error)
    {
        if (_watcher is not null && WatchSetBy(error) is { } kind)
            _watches!.Add(kind, ServerPath, _watcher);
    }

    protected sealed override void OnLeft() => _watches?.Unintend(ServerPath);

    protected override void Recycle()
    {
        _watches = null;
        _watcher = null;
        _clientPath = ServerPath = string.Empty;
    }
}
