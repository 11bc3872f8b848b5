using System.Threading.Channels;
using Coordination.Protocol;

namespace Coordination.Client.Tests.Watching;

/// <summary>What a watcher was told.</summary>
internal sealed class Events
{
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();

    public void Add(WatchEvent watchEvent) => _events.Writer.TryWrite(watchEvent);

    public Task<WatchEvent> ReadAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(Servers.Soon);

    public async Task<WatchEvent> ExpectAsync(WatchEventType type, string path)
    {
        var watchEvent = await ReadAsync();
        Assert.Equal((type, path), (watchEvent.Type, watchEvent.Path));
        return watchEvent;
    }

    public void ExpectNothing() => Assert.False(_events.Reader.TryPeek(out _));
}
