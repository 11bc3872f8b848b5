using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Reading;

/// <summary>A session finds its own writes, and never less than it has seen, at a silo that is behind.</summary>
public sealed class GrainSessionTests : IAsyncLifetime
{
    private const long Id = 5;

    private static readonly SessionOpening _opening = new(10_000);

    private readonly TwoSilos _silos = new();
    private GrainSession _session = null!;

    // The same session, as far as it has come, at the silo that is behind.
    private GrainSession Behind => new(_silos.Second.Grains, _session.Ticket);

    public async Task InitializeAsync()
    {
        await _silos.StartAsync();
        _session = await GrainSession.OpenAsync(_silos.First.Grains, Id, _opening);
    }

    public async Task DisposeAsync() => await _silos.DisposeAsync();

    [Fact]
    public async Task ItFindsItsOwnWrites()
    {
        await _session.Znode("/jobs").CreateAsync(new ZnodeCreation([0]));
        Assert.NotNull(await Behind.Znode("/jobs").ExistsAsync());
        for (int i = 0; i < 10; i++)
        {
            var created = await _session.Znode($"/jobs/{i}").CreateAsync(new ZnodeCreation(null, CreateMode.Ephemeral));
            Assert.Equal(created.Stat.Czxid, _session.Ticket.Seen);
            Assert.Contains($"{i}", (await Behind.Znode("/jobs").GetChildrenAsync()).Names);
        }
        await _session.Znode("/jobs").SetAsync([1]);
        Assert.Equal([1], (await Behind.Znode("/jobs").GetAsync()).Data);
        var stat = await _session.Znode("/jobs").SetAclAsync([Acl.ReadOnly]);
        Assert.Equal(1, stat.Aversion);
        Assert.Equal([Acl.ReadOnly], (await Behind.Znode("/jobs").GetAclAsync()).Acl);
        await _session.Znode("/other").CreateAsync(new ZnodeCreation(null));
        Assert.NotNull(await Behind.Znode("/other").ExistsAsync());
        await _session.Znode("/other").DeleteAsync();
        Assert.Null(await Behind.Znode("/other").ExistsAsync());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("exists")]
    [InlineData("children")]
    [InlineData("acl")]
    [InlineData("of nothing")]
    [InlineData("exists of nothing")]
    [InlineData("refused write")]
    [InlineData("subscription")]
    [InlineData("numbers")]
    [InlineData("sync")]
    public async Task WhatItHasSeenItSeesAtTheOtherSiloToo(string way)
    {
        await _session.Znode("/a").CreateAsync(new ZnodeCreation(null));
        Assert.NotNull(await Behind.Znode("/a").ExistsAsync());
        await WriteByAnotherAsync(Writes.Create("/of-another"));
        await SeeAsync(way);

        Assert.NotNull(await Behind.Znode("/of-another").ExistsAsync());
        Assert.Equal(_silos.First.Replica.LastZxid, _silos.Second.Replica.LastZxid);
    }

    [Fact]
    public async Task WhoHasHeardOfAnEventReadsNoLess()
    {
        var read = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = new ZnodeListener
        {
            OnEvent = async _ => read.SetResult((await Behind.Znode("/a").GetAsync()).Data),
        };
        await _session.Znode("/a").CreateAsync(new ZnodeCreation([1]));
        Assert.Equal([1], (await Behind.Znode("/a").GetAsync()).Data);
        await _session.Znode("/a").SubscribeAsync(listener);
        await WriteByAnotherAsync(Writes.Set("/a", [2]));
        Assert.Equal([2], await Patience.WithinAsync(read.Task));

        await _session.Znode("/a").UnsubscribeAsync(listener);
        await WriteByAnotherAsync(Writes.Set("/a", [3]));
        await listener.Events.ExactlyAsync(1);
    }

    [Fact]
    public async Task ASubscriptionStartsBehindWhatWasSeen()
    {
        var created = await _session.Znode("/a").CreateAsync(new ZnodeCreation(null));
        Assert.True(await Behind.Znode("/a").SubscribeAsync(new ZnodeListener()) >= created.Zxid);
        created = await _session.Znode("/b").CreateAsync(new ZnodeCreation(null));
        Assert.True(await Behind.Znode("/b").SubscribeRecursivelyAsync(new ZnodeListener()) >= created.Zxid);
    }

    [Fact]
    public async Task ASyncShowsWhatOthersHaveWritten()
    {
        var behind = Behind;
        Assert.Null(await behind.Znode("/of-another").ExistsAsync());
        await WriteByAnotherAsync(Writes.Create("/of-another"));
        Assert.Null(await behind.Znode("/of-another").ExistsAsync());
        await behind.SyncAsync();
        Assert.NotNull(await behind.Znode("/of-another").ExistsAsync());
    }

    [Fact]
    public async Task ItIsKeptAliveWhereverItsGrainIsAndForgetsNothing()
    {
        Assert.True(await _session.KeepAliveAsync());
        await _session.Znode("/a").CreateAsync(new ZnodeCreation(null));
        var behind = Behind;
        long seen = behind.Ticket.Seen, attached = behind.Ticket.AttachZxid;
        Assert.True(await behind.KeepAliveAsync());
        Assert.True(behind.Ticket.Seen >= seen && behind.Ticket.AttachZxid > attached);
        Assert.NotNull(await behind.Znode("/a").ExistsAsync());
        // It has been taken from whoever had it.
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _session.Znode("/a").SetAsync([1]));
        await behind.CloseAsync();
        Assert.False(await behind.KeepAliveAsync());
    }

    [Fact]
    public async Task WhoHasSeenMoreThanThereIsIsRefusedUntilItIsThere()
    {
        var behind = Behind;
        long ahead = _silos.First.Replica.LastZxid + 2;
        behind.Saw(ahead);
        behind.Saw(1);
        Assert.Equal(ahead, behind.Ticket.Seen);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => behind.Znode("/a").ExistsAsync());
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => behind.Znode("/a").GetAsync());
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => behind.Znode("/a").SubscribeAsync(new ZnodeListener()));
        await WriteByAnotherAsync(Writes.Create("/a"));
        await WriteByAnotherAsync(Writes.Set("/a", "x"));
        Assert.NotNull(await behind.Znode("/a").ExistsAsync());
    }

    [Fact]
    public async Task ASiloThatCannotAskTheLogSaysSo()
    {
        await _session.Znode("/a").CreateAsync(new ZnodeCreation(null));
        _silos.Log.BeforeTail = () => throw new LogUnavailableException("the database is away");
        var refusal = await Assert.ThrowsAsync<ZnodeException>(() => Behind.Znode("/a").ExistsAsync());
        Assert.Equal((ErrorCode.ConnectionLoss, "/a"), (refusal.Code, refusal.Path));
        Assert.Contains("the database is away", refusal.Message);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, Behind.SyncAsync);
        _silos.Log.BeforeTail = () => Task.CompletedTask;
        Assert.NotNull(await Behind.Znode("/a").ExistsAsync());
    }

    private async Task SeeAsync(string way)
    {
        var a = _session.Znode("/a");
        var nothing = _session.Znode("/nothing");
        await (way switch
        {
            "get" => a.GetAsync(),
            "exists" => a.ExistsAsync(),
            "children" => a.GetChildrenAsync(),
            "acl" => a.GetAclAsync(),
            "of nothing" => Refusal.IsAsync(ErrorCode.NoNode, nothing.GetAsync),
            "exists of nothing" => nothing.ExistsAsync(),
            "refused write" => Refusal.IsAsync(ErrorCode.BadVersion, () => a.SetAsync([1], 7)),
            "subscription" => a.SubscribeAsync(new ZnodeListener()),
            "numbers" => _session.TakeNumbersAsync("counter", 1),
            "sync" => _session.SyncAsync(),
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        });
    }

    private async Task WriteByAnotherAsync(WriteOperation operation) =>
        Assert.Equal(ErrorCode.Ok, (await _silos.First.Writer.WriteAsync(Caller.Service, operation)).Error);
}
