using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories in which a promise about watches is broken, and which the checker must find out.</summary>
public sealed class BrokenEventsTests
{
    private readonly HandwrittenRun _run = new();
    private readonly HandwrittenClient _watcher;
    private readonly HandwrittenClient _writer;

    public BrokenEventsTests()
    {
        _watcher = _run.Open("/a", "/a/b");
        _writer = _run.Open();
    }

    [Fact]
    public void An_event_does_not_come()
    {
        _watcher.Read(ReadKind.Data, "/a", watch: true);
        _writer.Do(new SetDataRequest("/a", "1"));
        _watcher.Read(ReadKind.Exists, "/");
        AssertBroken();
    }

    [Fact]
    public void An_event_comes_behind_the_state_that_it_announces()
    {
        _watcher.Read(ReadKind.Data, "/a", watch: true);
        long zxid = Set();
        _watcher.Read(ReadKind.Data, "/a");
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", zxid);
        AssertBroken();
    }

    [Fact]
    public void An_event_comes_twice()
    {
        _watcher.Read(ReadKind.Data, "/a", watch: true);
        long zxid = Set();
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", zxid);
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", zxid);
        AssertBroken();
    }

    [Fact]
    public void A_one_shot_watch_fires_again()
    {
        _watcher.Read(ReadKind.Data, "/a", watch: true);
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", Set());
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", Set());
        AssertBroken();
    }

    [Fact]
    public void Events_change_places()
    {
        _watcher.Read(ReadKind.Data, "/a", watch: true);
        _watcher.Read(ReadKind.Data, "/a/b", watch: true);
        long first = Set();
        long second = _writer.Do(new SetDataRequest("/a/b", "")).Answer!.Zxid;
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a/b", second);
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", first);
        AssertBroken();
    }

    [Fact]
    public void An_event_that_nobody_watches_for()
    {
        _watcher.Read(ReadKind.Data, "/a/b", watch: true);
        _watcher.Tell(WatchEventType.NodeDataChanged, "/a", Set());
        AssertBroken();
    }

    [Fact]
    public void A_recursive_watch_misses_what_is_below()
    {
        _watcher.Watch("/a", AddWatchMode.PersistentRecursive);
        _writer.Do(new SetDataRequest("/a/b", ""));
        _watcher.Sync();
        AssertBroken();
    }

    [Fact]
    public void A_watch_that_is_armed_again_does_not_tell_what_it_missed()
    {
        long seen = _watcher.Read(ReadKind.Data, "/a", watch: true).Answer!.Zxid;
        Set();
        _watcher.Reconnect();
        _watcher.SetWatches(seen, Watches("/a"));
        AssertBroken();
    }

    [Fact]
    public void A_watch_that_is_armed_again_tells_what_was_seen()
    {
        long seen = _watcher.Read(ReadKind.Data, "/a", watch: true).Answer!.Zxid;
        _watcher.Reconnect();
        _watcher.SetWatches(seen, Watches("/a"), new Happening(WatchEventType.NodeDataChanged, "/a"));
        AssertBroken();
    }

    [Fact]
    public void A_watch_that_is_armed_again_is_forgotten()
    {
        long seen = _watcher.Read(ReadKind.Data, "/a", watch: true).Answer!.Zxid;
        _watcher.Reconnect();
        _watcher.SetWatches(seen, Watches("/a"));
        Set();
        _watcher.Sync();
        AssertBroken();
    }

    private static WatchSet Watches(string path)
    {
        var watches = new WatchSet();
        watches.Data.Add(path);
        return watches;
    }

    private long Set() => _writer.Do(new SetDataRequest("/a", "1")).Answer!.Zxid;

    private void AssertBroken() => _run.AssertBroken<EventsComeOnceAndBeforeTheState>();
}
