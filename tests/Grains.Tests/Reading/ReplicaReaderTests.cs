using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Tests.Hosting;
using Coordination.Protocol;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Reading;

/// <summary>What a grain's read waits for, and what it does not.</summary>
public sealed class ReplicaReaderTests : IAsyncLifetime
{
    private readonly TwoSilos _silos = new();
    private readonly ManualTimeProvider _time = new();
    private ReplicaReader _reader = null!;

    public async Task InitializeAsync()
    {
        await _silos.StartAsync();
        var silo = _silos.Second;
        _reader = new ReplicaReader(
            silo.Replica, new LogTailReader(silo.Log, silo.Replica, silo.Pipeline, TimeProvider.System), silo.Tracker, _time);
    }

    public async Task DisposeAsync() => await _silos.DisposeAsync();

    [Fact]
    public async Task WhatIsAppliedIsShownAtOnceAndWithoutAskingTheLog()
    {
        long seen = await WriteAsync("/a");
        await _reader.LookAsync("/a", seen, static state => state.LastZxid);
        int asked = _silos.Log.TailsAsked;
        Assert.NotEqual(0, asked);

        await WriteAsync("/b");
        foreach (long zxid in (long[])[0, seen])
        {
            var looking = _reader.LookAsync("/a", zxid, static state => state.LastZxid);
            Assert.True(looking.IsCompletedSuccessfully);
            Assert.Equal(seen, await looking);
        }
        Assert.Equal(asked, _silos.Log.TailsAsked);
    }

    [Fact]
    public async Task ALogThatDoesNotAnswerIsWaitedForNoLongerThanTenSeconds()
    {
        long seen = await WriteAsync("/a");
        var isSilent = new TaskCompletionSource();
        _silos.Log.BeforeTail = () => isSilent.Task;
        var looking = _reader.LookAsync("/a", seen, static state => state.LastZxid);
        await Patience.UntilAsync(() => _silos.Log.TailsAsked > 0, "the log is asked");
        _time.Advance(TimeSpan.FromSeconds(9.9));
        await Patience.NotCompletedAsync(looking);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => Patience.WithinAsync(looking));
        isSilent.SetResult();
        Assert.Equal(seen, await Patience.WithinAsync(_reader.LookAsync("/a", seen, static state => state.LastZxid)));
    }

    [Fact]
    public async Task WhatIsMissingIsAskedForUnlessItIsAnExists()
    {
        await WriteAsync("/a");
        Assert.Null(await _silos.Second.Znode("/a").ExistsAsync());
        Assert.Equal(0, _silos.Log.TailsAsked);
        Assert.Empty((await _silos.Second.Znode("/a").GetAsync()).Data!);
        await WriteAsync("/b");
        Assert.Empty((await _silos.Second.Znode("/b").GetChildrenAsync()).Names);
        await WriteAsync("/c");
        Assert.Equal([Acl.Open], (await _silos.Second.Znode("/c").GetAclAsync()).Acl);
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silos.Second.Znode("/d").GetAsync());
    }

    [Fact]
    public async Task EveryAnswerTellsAsOfWhichZxidItIs()
    {
        var grain = _silos.First.Znode("/a");
        Assert.Equal(Last, (await grain.FindAsync()).Zxid);
        Assert.Equal((await grain.CreateAsync(new ZnodeCreation([1]))).Zxid, Last);
        await WriteAsync("/b");
        Assert.Equal(Last, (await grain.GetAsync()).Zxid);
        Assert.Equal(Last, (await grain.FindAsync()).Zxid);
        Assert.Equal(Last, (await grain.GetChildrenAsync()).Zxid);
        Assert.Equal(Last, (await grain.GetAclAsync()).Zxid);
        Assert.Equal((await grain.SetAsync([2])).Mzxid, Last);
        Assert.Equal((await grain.ReplaceAclAsync([Acl.ReadOnly])).Zxid, Last);
        await WriteAsync("/c");
        Assert.Equal(Last, (await Assert.ThrowsAsync<ZnodeException>(() => grain.SetAsync([2]))).Zxid);
        Assert.Equal(await grain.DeleteAsync(), Last);
        await WriteAsync("/d");
        Assert.Equal(Last, (await Assert.ThrowsAsync<ZnodeException>(() => grain.GetAsync())).Zxid);
    }

    [Fact]
    public async Task TheSequencersZxidIsTheLogs()
    {
        long zxid = await WriteAsync("/a");
        var sequencer = _silos.Second.Grains.GetGrain<ISequencerGrain>(0);
        Assert.Equal(zxid, await sequencer.GetLastZxidAsync());
        Assert.Equal(1, await sequencer.GetEpochAsync());
    }

    private long Last => _silos.First.Replica.LastZxid;

    private async Task<long> WriteAsync(string path) =>
        (await _silos.First.Writer.WriteAsync(Caller.Service, Writes.Create(path))).Zxid;
}
