using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;

namespace Coordination.Grains.Tests;

public sealed class LogGrainTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;

    private ILogGrain Log => _silo.Grains.GetGrain<ILogGrain>(0);

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task TheTailIsTheLogs()
    {
        Assert.Equal(new LogPosition(0, 0), await Log.ReadTailAsync());
        await WriteAsync(Writes.Create("/a"));
        await WriteAsync(Writes.Create("/b"));
        var tail = await _silo.Log.ReadTailAsync(default);
        Assert.Equal(new LogPosition(tail.Position, tail.LastZxid), await Log.ReadTailAsync());
        Assert.Equal(2, tail.Position);
    }

    [Fact]
    public async Task CommittedRowsComeToObserversInOrder()
    {
        // A row is told of after the answer to who appended it: to who has subscribed by then.
        var early = new RowListener();
        await Log.SubscribeAsync(Refer(early));
        await WriteAsync(Writes.Create("/a"));
        await early.Rows.ExactlyAsync(1);
        RowListener[] listeners = [new(), new()];
        foreach (var listener in listeners)
            await Log.SubscribeAsync(Refer(listener));
        var writes = Enumerable.Range(0, 300).Select(i => _silo.Znode("/a").SetAsync([(byte)i])).ToArray();
        for (int i = 0; i < 50; i++)
            await WriteAsync(Writes.Set("/a", $"{i}"));
        await Task.WhenAll(writes);

        var rows = new List<CommittedRow>();
        await foreach (var row in _silo.Log.ReadAsync(default, default))
            rows.Add(new CommittedRow(row.Position, row.FirstZxid, row.LastZxid, row.Body.ToArray()));
        foreach (var listener in listeners)
        {
            var heard = await listener.Rows.ExactlyAsync(rows.Count - 1);
            Assert.Equal(rows.Skip(1).Select(Text), heard.Select(Text));
        }

        static string Text(CommittedRow row) =>
            $"{row.Position} {row.FirstZxid}-{row.LastZxid} {Convert.ToHexString(row.Body)}";
    }

    [Fact]
    public async Task AnObserverWaitsForNoOtherAndHearsInOrderWhatBecomesOfThem()
    {
        var stuck = new TaskCompletionSource();
        var slow = new RowListener { OnRow = _ => stuck.Task };
        var failing = new RowListener { OnRow = row => row.Position == 3 ? throw new IOException() : Task.CompletedTask };
        var well = new RowListener();
        var gone = new RowListener();
        var goneReference = Refer(gone);
        foreach (var reference in new[] { Refer(slow), Refer(failing), goneReference, Refer(well) })
            await Log.SubscribeAsync(reference);
        for (int i = 0; i < 10; i++)
        {
            if (i == 5)
                _silo.Grains.DeleteObjectReference<ICommittedRowObserver>(goneReference);
            await WriteAsync(Writes.Create($"/{i}"));
        }
        Assert.Equal(Enumerable.Range(1, 10), (await well.Rows.ExactlyAsync(10)).Select(row => (int)row.Position));
        Assert.Empty(slow.Rows.All);
        Assert.Equal([1, 2], (await failing.Rows.ExactlyAsync(2)).Select(row => (int)row.Position));

        stuck.SetResult();
        Assert.Equal(Enumerable.Range(1, 10), (await slow.Rows.ExactlyAsync(10)).Select(row => (int)row.Position));
        // One that failed may come back.
        await Log.SubscribeAsync(Refer(failing));
        await WriteAsync(Writes.Create("/back"));
        Assert.Equal([1, 2, 11], (await failing.Rows.ExactlyAsync(3)).Select(row => (int)row.Position));
        GC.KeepAlive(gone);
    }

    [Fact]
    public async Task OneThatHasUnsubscribedHearsNoMore()
    {
        var listener = new RowListener();
        var reference = Refer(listener);
        await Log.SubscribeAsync(reference);
        await Log.SubscribeAsync(reference);
        await WriteAsync(Writes.Create("/a"));
        await listener.Rows.ExactlyAsync(1);
        await Log.UnsubscribeAsync(reference);
        await WriteAsync(Writes.Create("/b"));
        await listener.Rows.ExactlyAsync(1);
    }

    private async Task WriteAsync(WriteOperation operation) =>
        Assert.Equal(ErrorCode.Ok, (await _silo.Writer.WriteAsync(Caller.Service, operation)).Error);

    private ICommittedRowObserver Refer(RowListener listener) =>
        _silo.Grains.CreateObjectReference<ICommittedRowObserver>(listener);
}
