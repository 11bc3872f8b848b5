using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Znodes;

/// <summary>An observer hears every event from its subscription on, in order, once: what the log says.</summary>
public sealed class ZnodeSubscriptionTests : IAsyncLifetime
{
    private const string Path = "/watched";

    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;

    private IZnodeGrain Watched => _silo.Znode(Path);

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task EventsTellOfComingGoingDataAndChildren()
    {
        var listener = new ZnodeListener();
        long start = await Watched.SubscribeAsync(Refer(listener));
        Assert.Equal(_silo.Replica.LastZxid, start);
        await WriteAsync(Writes.Create("/another"));
        await WriteAsync(Writes.Create(Path));
        await WriteAsync(Writes.Set(Path, "x"));
        await WriteAsync(Writes.Create(Path + "/child"));
        await WriteAsync(Writes.Set(Path + "/child", "x"));
        await WriteAsync(Writes.Create(Path + "/child/grandchild"));
        await WriteAsync(Writes.Delete(Path + "/child/grandchild"));
        await WriteAsync(Writes.Multi(Writes.Delete(Path + "/child"), Writes.Set(Path, "y"), Writes.Delete(Path)));
        await WriteAsync(Writes.Create(Path));

        var heard = await listener.Events.ExactlyAsync(7);
        Assert.Equal(await ExpectedAsync(start), heard);
        Assert.Equal(
            [
                WatchEventType.NodeCreated, WatchEventType.NodeDataChanged, WatchEventType.NodeChildrenChanged,
                WatchEventType.NodeChildrenChanged, WatchEventType.NodeDataChanged, WatchEventType.NodeDeleted,
                WatchEventType.NodeCreated,
            ],
            heard.Select(znodeEvent => znodeEvent.Type));
        Assert.All(heard, znodeEvent => Assert.Equal(Path, znodeEvent.Path));
    }

    [Fact]
    public async Task TheRootsChildrenAreTheRoots()
    {
        var listener = new ZnodeListener();
        await _silo.Znode("/").SubscribeAsync(Refer(listener));
        await WriteAsync(Writes.Create("/a"));
        await WriteAsync(Writes.Create("/a/b"));
        await WriteAsync(Writes.Set("/", "x"));
        await WriteAsync(Writes.Multi(Writes.Delete("/a/b"), Writes.Delete("/a")));
        var heard = await listener.Events.ExactlyAsync(3);
        Assert.Equal(
            [WatchEventType.NodeChildrenChanged, WatchEventType.NodeDataChanged, WatchEventType.NodeChildrenChanged],
            heard.Select(znodeEvent => znodeEvent.Type));
        Assert.All(heard, znodeEvent => Assert.Equal("/", znodeEvent.Path));
    }

    [Fact]
    public async Task NoneOfThousandsOfEventsIsLostOrOutOfOrder()
    {
        ZnodeListener[] listeners = [new(), new(), new()];
        foreach (var listener in listeners)
            await Watched.SubscribeAsync(Refer(listener));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => ChurnAsync(writer, 1500))));
        var expected = await ExpectedAsync(0);
        Assert.True(expected.Count > 3000);
        foreach (var listener in listeners)
            Assert.Equal(expected, await listener.Events.ExactlyAsync(expected.Count));
    }

    // More than a runtime lets wait for an observer.
    [Fact]
    public async Task AnObserverThatIsBehindLosesNothingAndHoldsUpNobody()
    {
        const int Count = 12_000;
        await WriteAsync(Writes.Create(Path));
        var stuck = new TaskCompletionSource();
        var slow = new ZnodeListener { OnEvent = _ => stuck.Task };
        var other = new ZnodeListener();
        long start = await Watched.SubscribeAsync(Refer(slow));
        await Watched.SubscribeAsync(Refer(other));
        var set = Writes.Set(Path, "x");
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => _silo.Writer.WriteAsync(Caller.Service, set)));

        var expected = await ExpectedAsync(start);
        Assert.Equal(expected, await other.Events.ExactlyAsync(Count));
        Assert.Empty(slow.Events.All);
        stuck.SetResult();
        Assert.Equal(expected, await slow.Events.ExactlyAsync(Count));
    }

    [Fact]
    public async Task OneThatFailsHearsNoMoreUntilItSubscribesAgain()
    {
        await WriteAsync(Writes.Create(Path));
        int heard = 0;
        var failing = new ZnodeListener { OnEvent = _ => ++heard == 3 ? throw new IOException() : Task.CompletedTask };
        var well = new ZnodeListener();
        var reference = Refer(failing);
        await Watched.SubscribeAsync(reference);
        await Watched.SubscribeAsync(Refer(well));
        for (int i = 0; i < 5; i++)
        {
            await WriteAsync(Writes.Set(Path, $"{i}"));
            await Patience.UntilAsync(() => well.Events.Count == i + 1, "the event is heard");
        }
        await failing.Events.ExactlyAsync(2);
        await Patience.UntilAsync(() => Volatile.Read(ref heard) >= 3, "the third is heard");
        Assert.Equal(3, heard);

        long start = await Patience.WithinAsync(SubscribeAnewAsync(reference));
        await WriteAsync(Writes.Set(Path, "again"));
        Assert.True((await failing.Events.ExactlyAsync(3))[2].Zxid > start);
        Assert.Equal(await ExpectedAsync(well.Events.All[0].Zxid - 1), await well.Events.ExactlyAsync(6));
    }

    [Fact]
    public async Task OneWhoseReferenceIsGoneIsForgottenAndTheOthersHearInOrder()
    {
        await WriteAsync(Writes.Create(Path));
        var entered = new TaskCompletionSource();
        var stuck = new TaskCompletionSource();
        var gone = new ZnodeListener
        {
            OnEvent = async _ =>
            {
                entered.TrySetResult();
                await stuck.Task;
            },
        };
        var well = new ZnodeListener();
        var reference = Refer(gone);
        long start = await Watched.SubscribeAsync(reference);
        await Watched.SubscribeAsync(Refer(well));
        await WriteAsync(Writes.Set(Path, "first"));
        await Patience.WithinAsync(entered.Task);
        _silo.Grains.DeleteObjectReference<IZnodeObserver>(reference);
        for (int i = 0; i < 100; i++)
            await WriteAsync(Writes.Set(Path, $"{i}"));
        stuck.SetResult();
        Assert.Equal(await ExpectedAsync(start), await well.Events.ExactlyAsync(101));
        GC.KeepAlive(gone);
    }

    [Fact]
    public async Task OneThatHasUnsubscribedHearsNoMore()
    {
        await WriteAsync(Writes.Create(Path));
        ZnodeListener leaving = new(), staying = new();
        var reference = Refer(leaving);
        await Watched.SubscribeAsync(reference);
        await Watched.SubscribeAsync(Refer(staying));
        await WriteAsync(Writes.Set(Path, "1"));
        await leaving.Events.ExactlyAsync(1);
        await Watched.UnsubscribeAsync(reference);
        await WriteAsync(Writes.Set(Path, "2"));
        await staying.Events.ExactlyAsync(2);
        await leaving.Events.ExactlyAsync(1);
        await Watched.UnsubscribeAsync(reference);
    }

    [Fact]
    public async Task AfterTheLastHasUnsubscribedNothingIsWatched()
    {
        ZnodeListener[] listeners = [new(), new()];
        var references = Array.ConvertAll(listeners, Refer);
        foreach (var reference in references)
            await Watched.SubscribeAsync(reference);
        Assert.Equal(2, _silo.Replica.State.Watches.Count);
        foreach (var reference in references)
            await Watched.UnsubscribeAsync(reference);
        Assert.Equal(0, _silo.Replica.State.Watches.Count);

        await Watched.SubscribeAsync(references[0]);
        await WriteAsync(Writes.Create(Path));
        Assert.Single(await listeners[0].Events.ExactlyAsync(1));
    }

    [Fact]
    public async Task ARenewedSubscriptionIsTheSame()
    {
        await WriteAsync(Writes.Create(Path));
        var listener = new ZnodeListener();
        var reference = Refer(listener);
        long start = await Watched.SubscribeAsync(reference);
        using var done = new CancellationTokenSource();
        var renewing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                Assert.Equal(start, await Watched.SubscribeAsync(reference));
        });
        for (int i = 0; i < 300; i++)
            await WriteAsync(Writes.Set(Path, $"{i}"));
        await done.CancelAsync();
        await renewing;
        Assert.Equal(await ExpectedAsync(start), await listener.Events.ExactlyAsync(300));
    }

    // The commit thread tells the grain of what was applied on a later turn: a subscription may come in between.
    [Fact]
    public async Task ASubscriptionHearsAllThatIsBehindItsStartAndNothingBefore()
    {
        await WriteAsync(Writes.Create(Path));
        var always = new ZnodeListener();
        await Watched.SubscribeAsync(Refer(always));
        using var done = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await WriteAsync(Writes.Set(Path, "x"));
        })));
        var subscriptions = new List<(long Start, ZnodeListener Listener)>();
        for (int i = 0; i < 200; i++)
        {
            var listener = new ZnodeListener();
            subscriptions.Add((await Watched.SubscribeAsync(Refer(listener)), listener));
        }
        await done.CancelAsync();
        await writing;
        var expected = await ExpectedAsync(0);
        foreach (var (start, listener) in subscriptions)
        {
            var behind = expected.Where(znodeEvent => znodeEvent.Zxid > start).ToList();
            await Patience.UntilAsync(() => listener.Events.Count >= behind.Count, "all is heard");
            Assert.Equal(behind, listener.Events.All);
        }
    }

    [Fact]
    public async Task ARecursiveSubscriptionHearsOfAllBelowAndOfNoChildren()
    {
        var listener = new ZnodeListener();
        var reference = Refer(listener);
        long start = await Watched.SubscribeRecursivelyAsync(reference);
        Assert.Equal(_silo.Replica.LastZxid, start);
        await WriteAsync(Writes.Create(Path));
        await WriteAsync(Writes.Create("/watched-not"));
        await WriteAsync(Writes.Create(Path + "/a"));
        await WriteAsync(Writes.Create(Path + "/a/b"));
        await WriteAsync(Writes.Set(Path + "/a/b", "x"));
        await WriteAsync(Writes.Multi(Writes.Delete(Path + "/a/b"), Writes.Set(Path, "y"), Writes.Delete(Path + "/a")));
        var heard = await listener.Events.ExactlyAsync(7);
        Assert.Equal(
            [
                (WatchEventType.NodeCreated, Path), (WatchEventType.NodeCreated, Path + "/a"),
                (WatchEventType.NodeCreated, Path + "/a/b"), (WatchEventType.NodeDataChanged, Path + "/a/b"),
                (WatchEventType.NodeDeleted, Path + "/a/b"), (WatchEventType.NodeDataChanged, Path),
                (WatchEventType.NodeDeleted, Path + "/a"),
            ],
            heard.Select(static znodeEvent => (znodeEvent.Type, znodeEvent.Path)));
        Assert.Equal(_silo.Replica.LastZxid, heard[^1].Zxid);

        Assert.Equal(1, _silo.Replica.State.Watches.Count);
        await Watched.UnsubscribeAsync(reference);
        Assert.Equal(0, _silo.Replica.State.Watches.Count);
        await WriteAsync(Writes.Set(Path, "z"));
        await listener.Events.ExactlyAsync(7);
    }

    [Fact]
    public async Task ARecursiveSubscriberHearsOnlyOfWhatItMayRead()
    {
        ZnodeListener bobs = new(), nobodys = new();
        var bob = await _silo.OpenSessionAsync(7, credentials: [new Credential("digest", Writes.Utf8("bob:secret"))]);
        await WriteAsync(Writes.Create(Path));
        await Watched.SubscribeRecursivelyAsync(Refer(bobs), bob);
        await Watched.SubscribeRecursivelyAsync(Refer(nobodys));
        await _silo.Znode(Path + "/bobs").CreateAsync(
            new ZnodeCreation(null, Acl: [new Acl(Permissions.All, new Identity("auth", ""))]), bob);
        await WriteAsync(Writes.Create(Path + "/open"));
        await _silo.Znode(Path + "/bobs").SetAsync([1], -1, bob);
        await _silo.Znode(Path + "/bobs").DeleteAsync(-1, bob);
        Assert.Equal(
            [Path + "/bobs", Path + "/open", Path + "/bobs", Path + "/bobs"],
            (await bobs.Events.ExactlyAsync(4)).Select(static znodeEvent => znodeEvent.Path));
        Assert.Equal([Path + "/open"], (await nobodys.Events.ExactlyAsync(1)).Select(static znodeEvent => znodeEvent.Path));
    }

    [Fact]
    public async Task OneWhoSubscribesInBothWaysIsToldInBoth()
    {
        var listener = new ZnodeListener();
        var reference = Refer(listener);
        await Watched.SubscribeAsync(reference);
        await Watched.SubscribeRecursivelyAsync(reference);
        await WriteAsync(Writes.Create(Path));
        await WriteAsync(Writes.Create(Path + "/child"));
        var heard = await listener.Events.ExactlyAsync(4);
        Assert.Equal(
            [
                WatchEventType.NodeCreated, WatchEventType.NodeCreated, WatchEventType.NodeCreated,
                WatchEventType.NodeChildrenChanged,
            ],
            heard.OrderBy(static znodeEvent => znodeEvent.Type).Select(static znodeEvent => znodeEvent.Type));
        await Watched.UnsubscribeAsync(reference);
        Assert.Equal(0, _silo.Replica.State.Watches.Count);
    }

    // The grain learns that the observer has failed on a turn of its own, and keeps the subscription until then.
    private async Task<long> SubscribeAnewAsync(IZnodeObserver reference)
    {
        long start;
        while ((start = await Watched.SubscribeAsync(reference)) != _silo.Replica.LastZxid)
            await Task.Delay(1);
        return start;
    }

    private async Task ChurnAsync(int writer, int count)
    {
        var random = new Random(writer);
        var writes = new List<Task>();
        for (int i = 0; i < count; i++)
        {
            string child = $"{Path}/{random.Next(6)}";
            WriteOperation operation = random.Next(6) switch
            {
                0 => Writes.Create(Path),
                1 => Writes.Delete(Path),
                2 => Writes.Set(Path, $"{i}"),
                3 => Writes.Create(child),
                4 => Writes.Delete(child),
                _ => Writes.Multi(Writes.Set(Path, "m"), Writes.Create(Path + "/m"), Writes.Delete(Path + "/m")),
            };
            writes.Add(_silo.Writer.WriteAsync(Caller.Service, operation));
            if (i % 50 == 0)
                await Task.WhenAll(writes);
        }
        await Task.WhenAll(writes);
    }

    /// <summary>What the log says that an observer hears from a zxid on.</summary>
    private async Task<List<ZnodeEvent>> ExpectedAsync(long start)
    {
        var events = new List<ZnodeEvent>();
        foreach (var (_, entry) in await _silo.Log.ReadEntriesAsync())
        {
            if (entry.Header.Zxid <= start)
                continue;
            Change[] changes = entry.Change.Kind == EntryKind.Multi ? [.. entry.Change.Items] : [entry.Change];
            foreach (var change in changes)
            {
                if (TypeOf(change) is { } type)
                    events.Add(new ZnodeEvent(type, Path, entry.Header.Zxid));
            }
        }
        return events;
    }

    private static WatchEventType? TypeOf(in Change change)
    {
        string path = Encoding.UTF8.GetString(change.Path.Span);
        bool isChild = path.StartsWith(Path + "/", StringComparison.Ordinal) && !path[(Path.Length + 1)..].Contains('/');
        return change.Kind switch
        {
            EntryKind.Create when path == Path => WatchEventType.NodeCreated,
            EntryKind.Delete when path == Path => WatchEventType.NodeDeleted,
            EntryKind.SetData when path == Path => WatchEventType.NodeDataChanged,
            EntryKind.Create or EntryKind.Delete when isChild => WatchEventType.NodeChildrenChanged,
            _ => null,
        };
    }

    private async Task WriteAsync(WriteOperation operation) =>
        Assert.Equal(ErrorCode.Ok, (await _silo.Writer.WriteAsync(Caller.Service, operation)).Error);

    private IZnodeObserver Refer(ZnodeListener listener) => _silo.Grains.CreateObjectReference<IZnodeObserver>(listener);
}
