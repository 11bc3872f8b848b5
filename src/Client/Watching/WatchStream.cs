using System.Threading.Channels;
using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The events of a lasting watch, in their order, for one reader.</summary>
/// <remarks>It keeps up to <see cref="Capacity"/> events for a reader that is behind. When there are more, those are
/// dropped, and the reader is told in their place that events were missed: an event of the type
/// <see cref="WatchEventType.None"/>, as after a reconnect. It ends when the client is disposed of.</remarks>
public sealed class WatchStream : IAsyncEnumerable<WatchEvent>, IAsyncDisposable
{
    /// <summary>How many events are kept for a reader that is behind.</summary>
    public const int Capacity = 4096;

    private readonly Channel<WatchEvent> _events = Channel.CreateBounded<WatchEvent>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly string _path;
    private IAsyncDisposable? _watch;
    private int _hasMissed;

    private WatchStream(string path) => _path = path;

    internal static async ValueTask<WatchStream> OpenAsync(
        ICoordinationClient client, string path, AddWatchMode mode, CancellationToken cancellationToken)
    {
        var stream = new WatchStream(path);
        stream._watch = await client.WatchAsync(path, mode, stream.Take, cancellationToken).ConfigureAwait(false);
        return stream;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<WatchEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await _events.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_events.Reader.TryRead(out var watchEvent))
                yield return watchEvent;
            if (Interlocked.Exchange(ref _hasMissed, 0) != 0)
                yield return new WatchEvent(WatchEventType.None, _path, -1);
        }
    }

    /// <summary>Removes the watch, and ends whoever reads the events.</summary>
    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);
    }

    private void Take(WatchEvent watchEvent)
    {
        if (!_events.Writer.TryWrite(watchEvent))
            Volatile.Write(ref _hasMissed, 1);
        if (watchEvent.State == SessionState.Closed)
            _events.Writer.TryComplete();
    }
}
