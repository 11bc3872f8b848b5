using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Protocol;

namespace Coordination.Grains.Tests;

public sealed class SequencerGrainTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;

    private ISequencerGrain Sequencer => _silo.Grains.GetGrain<ISequencerGrain>(0);

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ACounterStartsAtZeroAndEachHasItsOwnNumbers()
    {
        Assert.Equal((0, 5), Extent(await Sequencer.TakeAsync("a", 5)));
        Assert.Equal((5, 1), Extent(await Sequencer.TakeAsync("a", 1)));
        Assert.Equal((0, 7), Extent(await Sequencer.TakeAsync("b", 7)));
        Assert.Equal((0, 1), Extent(await Sequencer.TakeAsync("A", 1)));
        Assert.Equal((0, 1), Extent(await Sequencer.TakeAsync("a ", 1)));
        Assert.Equal((6, 1_000_000), Extent(await Sequencer.TakeAsync("a", 1_000_000)));
        Assert.Equal((1_000_006, 1), Extent(await Sequencer.TakeAsync("a", 1)));
        Assert.Equal((7, 1), Extent(await Sequencer.TakeAsync("b", 1)));
    }

    [Fact]
    public async Task BlocksOfConcurrentTakersDoNotOverlapAndLeaveNoGaps()
    {
        var blocks = new List<NumberBlock>();
        for (int life = 0; life < 2; life++)
        {
            var takers = Enumerable.Range(0, 8).Select(async taker =>
            {
                var random = new Random(taker);
                var taken = new List<NumberBlock>();
                for (int i = 0; i < 60; i++)
                {
                    int count = random.Next(1, 100);
                    var block = await Sequencer.TakeAsync("shared", count);
                    Assert.Equal(count, block.Count);
                    Assert.True(taken.Count == 0 || block.First >= taken[^1].First + taken[^1].Count);
                    taken.Add(block);
                }
                return taken;
            });
            foreach (var taken in await Task.WhenAll(takers))
                blocks.AddRange(taken);
            await RestartAsync();
        }

        long next = 0;
        foreach (var block in blocks.OrderBy(block => block.First))
        {
            Assert.Equal(next, block.First);
            next += block.Count;
        }
        Assert.Equal(blocks.OrderBy(block => block.First), blocks.OrderBy(block => block.Zxid));
        Assert.Equal(blocks.Count, blocks.Select(block => block.Zxid).Distinct().Count());
        Assert.Equal(next, (await Sequencer.TakeAsync("shared", 1)).First);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a", 0)]
    [InlineData("a", -1)]
    [InlineData("a", int.MinValue)]
    [InlineData("a", 1_000_001)]
    public async Task BadArgumentsTakeNothing(string counter, int count)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Sequencer.TakeAsync(counter, count));
        Assert.Equal(0, await Sequencer.GetLastZxidAsync());
    }

    [Fact]
    public async Task ANameHasUpTo256Characters()
    {
        string longest = new('ü', 256);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Sequencer.TakeAsync(longest + "x", 1));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Sequencer.TakeSuffixAsync(longest + "x"));
        Assert.Equal(0, (await Sequencer.TakeAsync(longest, 3)).First);
        await RestartAsync();
        Assert.Equal(3, (await Sequencer.TakeAsync(longest, 1)).First);
    }

    [Fact]
    public async Task SuffixesHaveTenDigitsAndEndWithThem()
    {
        Assert.Equal("0000000000", await Sequencer.TakeSuffixAsync("s"));
        Assert.Equal("0000000001", await Sequencer.TakeSuffixAsync("s"));
        Assert.Equal(2, (await Sequencer.TakeAsync("s", 10)).First);
        Assert.Equal("0000000012", await Sequencer.TakeSuffixAsync("s"));

        const long Last = 9_999_999_999;
        for (long next = 13; next < Last;)
        {
            int count = (int)Math.Min(int.MaxValue, Last - next);
            await _silo.Writer.WriteAsync(Caller.Service, Writes.Take("s", count));
            next += count;
        }
        Assert.Equal("9999999999", await Sequencer.TakeSuffixAsync("s"));
        await Refusal.IsAsync(ErrorCode.BadArguments, () => Sequencer.TakeSuffixAsync("s"));
    }

    // It would be kept under the name "\ufffd", and its numbers be given out again.
    [Fact]
    public async Task ANameIsWellFormedUnicode()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Sequencer.TakeAsync("half a pair: \ud83d", 1));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Sequencer.TakeAsync("\ude00", 1));
        Assert.Equal(0, (await Sequencer.TakeAsync("a pair: \ud83d\ude00", 1)).First);
        Assert.Equal(1, (await Sequencer.TakeAsync("a pair: \ud83d\ude00", 1)).First);
    }

    [Fact]
    public async Task ZxidAndEpochOnlyGrow()
    {
        long zxid = 0;
        int epoch = 0;
        for (int life = 0; life < 4; life++)
        {
            Assert.Equal(zxid, await Sequencer.GetLastZxidAsync());
            Assert.Equal(epoch, await Sequencer.GetEpochAsync());
            for (int i = 0; i < 3; i++)
            {
                long taken = (await Sequencer.TakeAsync("a", 1)).Zxid;
                Assert.True(taken > zxid);
                zxid = taken;
                Assert.Equal(zxid, await Sequencer.GetLastZxidAsync());
                Assert.Equal(epoch + 1, await Sequencer.GetEpochAsync());
            }
            epoch++;
            await RestartAsync();
        }
    }

    [Fact]
    public async Task ZxidAndEpochAreNotToldWhereTheyMayBeTooOld()
    {
        long taken = (await Sequencer.TakeAsync("a", 1)).Zxid;
        _silo.Tracker.FreshUntil(_silo.Tracker.Now);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, Sequencer.GetLastZxidAsync);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, Sequencer.GetEpochAsync);
        _silo.Tracker.FreshUntil(long.MaxValue);
        Assert.Equal(taken, await Sequencer.GetLastZxidAsync());
    }

    private static (long First, int Count) Extent(NumberBlock block) => (block.First, block.Count);

    private async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        _silo = await SiloInProcess.StartAsync(_folder.Path);
    }
}
