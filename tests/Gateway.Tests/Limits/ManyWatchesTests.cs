using System.Diagnostics;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Clients with very many watches, which come and go beside others that write.</summary>
/// <remarks>In one go, the watches of a request take tens of milliseconds, and a write beside them waits for all of that.
/// The machine may be busy and hold a writer up too, but hardly each time: the best of some rounds tells.</remarks>
public sealed class ManyWatchesTests(LimitSilo silo, ITestOutputHelper output) : IClassFixture<LimitSilo>
{
    private const int Watches = 100_000;
    private const int MostRounds = 20;
    private const double MostOfARenewal = 0.5;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(15);

    // As many as fit into a frame of jute.maxbuffer.
    private static readonly string[] s_paths = [.. Enumerable.Range(0, Watches).Select(static i => $"/{i:x5}")];

    [Fact(Timeout = 120_000)]
    public async Task Writers_do_not_wait_for_a_hundred_thousand_watches_that_are_set_anew()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/beside-renewal", null);
        double least = 1;
        for (int round = 0; round < MostRounds && least >= MostOfARenewal; round++)
        {
            using var wire = await silo.ConnectWireAsync();
            await wire.SendAsync(Frames.SetWatches(0, [], s_paths, []));
            var renewing = wire.ReadReplyAsync();
            var (all, longest) = await WriteUntilAsync(writer, "/beside-renewal", () => Task.FromResult(renewing.IsCompleted));
            var reply = await renewing;
            Assert.Equal((Frames.SetWatchesXid, ErrorCode.Ok), (reply.Xid, reply.Error));
            least = Math.Min(least, longest / all);
            wire.Reset();
        }
        Assert.True(least < MostOfARenewal, $"a write waited for {least:P0} of the time that setting watches took");
        await UntilGoneAsync();
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Writers_do_not_wait_for_a_hundred_thousand_watches_that_go()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/beside-removal", null);
        var calmest = TimeSpan.MaxValue;
        // A disk that is slow holds up each write, watches or not.
        var most = s_longestWait;
        for (int round = 0; round < MostRounds && calmest >= most; round++)
        {
            var alone = Stopwatch.StartNew();
            Assert.True((await writer.SetDataAsync("/beside-removal", null)).IsOk);
            most = s_longestWait + alone.Elapsed;
            using var wire = await silo.ConnectWireAsync();
            await wire.SendAsync(Frames.SetWatches(0, [], s_paths, []));
            Assert.Equal(Frames.SetWatchesXid, (await wire.ReadReplyAsync()).Xid);
            Assert.InRange(await CountAsync(), Watches, int.MaxValue);
            wire.Reset();
            var (_, longest) = await WriteUntilAsync(writer, "/beside-removal", async () => await CountAsync() < Watches / 2);
            calmest = longest < calmest ? longest : calmest;
            await UntilGoneAsync();
        }
        Assert.True(calmest < most, $"a write waited {calmest.TotalMilliseconds:0.0} ms");
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task What_a_hundred_thousand_watches_missed_is_told_to_a_client_that_is_slow()
    {
        using var wire = await silo.ConnectWireAsync(timeout: 40_000);
        await wire.SendAsync(Frames.SetWatches(0, s_paths, [], []), Frames.Exists(1, "/"));
        await Task.Delay(TimeSpan.FromSeconds(1));
        for (int i = 0; i < Watches; i++)
        {
            var told = await wire.ReadReplyAsync();
            Assert.Equal(Frames.NotificationXid, told.Xid);
            var reader = new JuteReader(told.Body);
            Assert.Equal((int)WatchEventType.NodeDeleted, reader.ReadInt());
            reader.ReadInt();
            Assert.Equal(s_paths[i], reader.ReadString());
        }
        Assert.Equal(Frames.SetWatchesXid, (await wire.ReadReplyAsync()).Xid);
        Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
    }

    // How long it took, and the longest that a write waited.
    private async Task<(TimeSpan All, TimeSpan Longest)> WriteUntilAsync(RawZooKeeperClient writer, string path, Func<Task<bool>> isOver)
    {
        var longest = TimeSpan.Zero;
        int writes = 0;
        var all = Stopwatch.StartNew();
        do
        {
            var waited = Stopwatch.StartNew();
            Assert.True((await writer.SetDataAsync(path, null)).IsOk);
            longest = waited.Elapsed > longest ? waited.Elapsed : longest;
            writes++;
        }
        while (!await isOver());
        output.WriteLine($"{writes} writes in {all.ElapsedMilliseconds} ms, the longest {longest.TotalMilliseconds:0.0} ms");
        return (all.Elapsed, longest);
    }

    private async Task UntilGoneAsync()
    {
        var waited = Stopwatch.StartNew();
        while (await CountAsync() > 0)
        {
            Assert.True(waited.Elapsed < RunningSilo.Soon, "watches stay behind that have nobody");
            await Task.Delay(20);
        }
    }

    private async Task<int> CountAsync()
    {
        const string Name = "zk_watch_count\t";
        string text = await FourLetterWord.AskAsync(silo.EndPoint, "mntr", RunningSilo.Soon);
        return int.Parse(text.Split('\n').Single(static line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..]);
    }
}
