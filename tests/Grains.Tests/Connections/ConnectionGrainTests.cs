using System.Buffers;
using System.Text;
using Coordination.Grains.Connections;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Connections;

/// <summary>Bytes go through the grain once, in order, and within bounds; and it ends with its client.</summary>
public sealed class ConnectionGrainTests : IAsyncLifetime
{
    // One more, and the call would time out by the clock of the test.
    private const int MostTicksOfACall = 3;

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly HeldConnections _connections = new();
    private SiloInProcess _silo = null!;
    private IConnectionGrain _grain = null!;

    private ConnectionPipe Pipe => _connections.Opened[0];

    public async Task InitializeAsync()
    {
        _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings { Time = _time, Connections = _connections });
        _grain = _silo.Grains.GetGrain<IConnectionGrain>(Guid.NewGuid());
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task WhatIsSentIsReadOnceAndInOrder()
    {
        await SendAsync(1, "a");
        Assert.Equal(ConnectionChunk.Nothing, await SendAsync(4, "d"));
        await SendAsync(3, "c");
        await SendAsync(1, "x");
        await SendAsync(3, "x");
        await SendAsync(2, "b");
        Assert.Equal("abcd", await ReadAsync(4));
    }

    [Fact]
    public async Task WhatIsTooFarAheadEndsTheConnection()
    {
        await SendAsync(1, "a");
        await SendAsync(33, "z");
        Assert.True((await SendAsync(35, "z")).IsLast);
        await AssertIsGoneAsync();
    }

    [Fact]
    public async Task AChunkThatIsTooLongEndsTheConnection()
    {
        await SendAsync(1, "a");
        Assert.True((await _grain.SendAsync(new ConnectionChunk(2, new byte[ConnectionChunk.MostBytes + 1]))).IsLast);
        await AssertIsGoneAsync();
    }

    [Fact]
    public async Task WhatIsWrittenGoesToWhoWaits()
    {
        await SendAsync(1, "a");
        var waiting = _grain.ReceiveAsync(1);
        await Patience.NotCompletedAsync(waiting);
        await Pipe.Output.WriteAsync("one"u8.ToArray());
        Assert.Equal((1, "one"), Text(await Patience.WithinAsync(waiting)));
        await Pipe.Output.WriteAsync("two"u8.ToArray());
        Assert.Equal((2, "two"), Text(await SendAsync(2, "b")));
        // A call that comes twice must not take what nobody would hear.
        await Pipe.Output.WriteAsync("three"u8.ToArray());
        Assert.Equal(ConnectionChunk.Nothing, await SendAsync(2, "b"));
        Assert.Equal(ConnectionChunk.Nothing, await _grain.ReceiveAsync(1));
        Assert.Equal((3, "three"), Text(await _grain.ReceiveAsync(2)));
    }

    [Fact]
    public async Task WhatIsAnsweredAtOnceComesWithTheAnswerAlthoughAnotherWaits()
    {
        await SendAsync(1, "a");
        await ReadAsync(1);
        var waiting = _grain.ReceiveAsync(1);
        var echoing = EchoAsync();
        Assert.Equal((1, "b"), Text(await SendAsync(2, "b")));
        await Patience.NotCompletedAsync(waiting);
        await Patience.WithinAsync(echoing);
        Pipe.End();
        Assert.True((await Patience.WithinAsync(waiting)).IsLast);
    }

    [Fact]
    public async Task WhoeverWritesMoreThanIsFetchedWaits()
    {
        await SendAsync(1, "a");
        byte[] all = new byte[3 * ConnectionChunk.MostBytes];
        Random.Shared.NextBytes(all);
        var writing = Pipe.Output.WriteAsync(all).AsTask();
        var fetched = new List<byte>();
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal(i > 2, writing.IsCompleted);
            fetched.AddRange((await _grain.ReceiveAsync(i)).Bytes!);
        }
        Assert.Equal(all, fetched);
        Assert.False((await Patience.WithinAsync(writing)).IsCompleted);
    }

    [Fact]
    public async Task WhoeverSendsMoreThanIsReadWaits()
    {
        await SendAsync(1, "a");
        await _grain.SendAsync(new ConnectionChunk(2, new byte[60_000]));
        var full = _grain.SendAsync(new ConnectionChunk(3, new byte[60_000]));
        var behind = _grain.SendAsync(new ConnectionChunk(4, new byte[60_000]));
        await Patience.NotCompletedAsync(full, behind);
        Assert.Equal(180_001, (await ReadAsync(180_001)).Length);
        await Patience.WithinAsync(Task.WhenAll(full, behind));
    }

    [Fact]
    public async Task WhoeverWaitsIsAnsweredWithNothingAfterAWhile()
    {
        await SendAsync(1, "a");
        var waiting = _grain.ReceiveAsync(1);
        await PassTickAsync();
        await Patience.NotCompletedAsync(waiting);
        await PassTickAsync();
        Assert.Equal(ConnectionChunk.Nothing, await Patience.WithinAsync(waiting));
    }

    [Fact]
    public async Task AConnectionWhoseClientHasFallenSilentEnds()
    {
        await SendAsync(1, "a");
        await ReadAsync(1);
        var reading = Pipe.Input.ReadAsync().AsTask();
        await Patience.UntilAsync(
            () =>
            {
                _time.Advance(s_tick);
                return reading.IsCompleted;
            },
            "the connection ends");
        Assert.True((await reading).IsCanceled);
        await AssertIsGoneAsync();
    }

    [Fact]
    public async Task AClientThatAsksIsNotSilent()
    {
        await SendAsync(1, "a");
        for (int i = 1; i < 20; i++)
        {
            var waiting = _grain.ReceiveAsync(i);
            for (int ticks = 0; ticks < MostTicksOfACall && !waiting.IsCompleted; ticks++)
                await PassTickAsync();
            Assert.Equal(ConnectionChunk.Nothing, await Patience.WithinAsync(waiting));
        }
        Assert.Single(_connections.Opened);
    }

    [Fact]
    public async Task WhatAClientHasSentIsStillReadWhenItHasGone()
    {
        await SendAsync(1, "a");
        await _grain.CloseAsync();
        var read = await Patience.WithinAsync(Pipe.Input.ReadAtLeastAsync(2).AsTask());
        Assert.True(read.IsCompleted);
        Assert.Equal("a"u8.ToArray(), read.Buffer.ToArray());
        Assert.True((await Pipe.Output.WriteAsync("nobody"u8.ToArray())).IsCompleted);
    }

    [Fact]
    public async Task TheLastChunkSaysSo()
    {
        await SendAsync(1, "a");
        await Pipe.Output.WriteAsync("bye"u8.ToArray());
        Pipe.End();
        var last = await _grain.ReceiveAsync(1);
        Assert.True(last.IsLast);
        Assert.Equal((1, "bye"), Text(last));
        await AssertIsGoneAsync();
    }

    [Fact]
    public async Task AConnectionThatNeverWasIsGone()
    {
        Assert.Equal(ConnectionChunk.Gone, await _grain.ReceiveAsync(1));
        Assert.Equal(ConnectionChunk.Gone, await SendAsync(2, "b"));
        Assert.Empty(_connections.Opened);
    }

    private static (long Number, string Text) Text(ConnectionChunk chunk) => (chunk.Number, Encoding.UTF8.GetString(chunk.Bytes!));

    private Task<ConnectionChunk> SendAsync(long number, string text) =>
        Patience.WithinAsync(_grain.SendAsync(new ConnectionChunk(number, Encoding.UTF8.GetBytes(text))));

    private async Task<string> ReadAsync(int length)
    {
        var read = await Patience.WithinAsync(Pipe.Input.ReadAtLeastAsync(length).AsTask());
        string text = Encoding.UTF8.GetString(read.Buffer);
        Pipe.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    private async Task EchoAsync()
    {
        var read = await Pipe.Input.ReadAsync().ConfigureAwait(false);
        byte[] bytes = read.Buffer.ToArray();
        Pipe.Input.AdvanceTo(read.Buffer.End);
        await Pipe.Output.WriteAsync(bytes).ConfigureAwait(false);
    }

    // A tick is set when the one before it is over. A clock that did not wait for it would come to where calls time out, on a
    // machine that is busy.
    private async Task PassTickAsync()
    {
        await Patience.UntilAsync(() => _time.IsAnySetTo(s_tick), "the tick is set");
        _time.Advance(s_tick);
    }

    // Its activation is on its way out; the next knows of nothing.
    private Task AssertIsGoneAsync() => Patience.WithinAsync(AsksUntilGoneAsync());

    private async Task AsksUntilGoneAsync()
    {
        for (int i = 1000; await _grain.ReceiveAsync(i) != ConnectionChunk.Gone; i++)
            await Task.Delay(1);
    }
}
