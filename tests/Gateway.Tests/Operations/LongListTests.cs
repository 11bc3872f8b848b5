using System.Diagnostics;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>Lists and counts of very many children: each is of one moment, and nobody waits for another's.</summary>
/// <remarks>The client itself fails a test in which an event follows a reply that knows of its change.</remarks>
public sealed class LongListTests(LongListSilo silo, ITestOutputHelper output) : IClassFixture<LongListSilo>
{
    private const int Lists = 20;

    [SiloFact(Timeout = 120_000)]
    public async Task Long_list_is_of_one_moment_and_its_watch_is_told_behind_it()
    {
        await using var reader = await silo.ConnectAsync();
        using var stopping = new CancellationTokenSource();
        var writing = WriteAsync(stopping.Token);
        for (int i = 0; i < Lists; i++)
        {
            var list = await reader.GetChildren2Async("/long", watch: true);
            var (names, stat) = (list.Value.Names, list.Value.Stat);
            Assert.Equal(stat.NumChildren, names.Count);
            Assert.Equal(LongListSilo.Children, names.Count(static name => name.EndsWith('0')));
            for (int n = 1; n < names.Count; n++)
                Assert.True(string.CompareOrdinal(names[n - 1], names[n]) < 0);
            var told = await reader.NextNotificationAsync(RunningSilo.Soon);
            Assert.Equal((WatchEventType.NodeChildrenChanged, "/long"), (told.Type, told.Path));
            Assert.True(told.Arrival > list.Arrival, "an event came before the list that set its watch");
            Assert.True(told.Zxid > stat.Pzxid);
        }

        await stopping.CancelAsync();
        await writing;
        await reader.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Answers_behind_a_long_list_come_behind_it()
    {
        await using var client = await silo.ConnectAsync();
        var before = client.ExistsAsync("/");
        var list = client.GetChildrenAsync("/long");
        var write = client.CreateAsync("/behind", null, CreateMode.EphemeralSequential);
        var count = client.GetAllChildrenNumberAsync("/long");
        var reads = client.MultiReadAsync(
            MultiOperation.GetData("/long"), MultiOperation.GetChildren("/long"), MultiOperation.GetData("/none"),
            MultiOperation.GetChildren("/long"));
        var ephemerals = client.GetEphemeralsAsync("/behind");
        var last = client.ExistsAsync("/");
        Assert.True((await before).Arrival < (await list).Arrival);
        Assert.True((await list).Arrival < (await write).Arrival);
        Assert.True((await write).Arrival < (await count).Arrival);
        Assert.True((await count).Arrival < (await reads).Arrival);
        Assert.True((await reads).Arrival < (await ephemerals).Arrival);
        Assert.True((await ephemerals).Arrival < (await last).Arrival);
        Assert.True((await count).Value >= LongListSilo.Children);
        var results = (await reads).Value;
        Assert.Equal(results[0].Stat!.Value.NumChildren, results[1].Children!.Count);
        Assert.Equal(ErrorCode.NoNode, results[2].Error);
        Assert.Equal(results[1].Children!, results[3].Children!);
        Assert.Equal([(await write).Value], (await ephemerals).Value);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Much_data_in_a_multi_read_is_of_one_moment()
    {
        const int Length = 200_000;
        await using var writer = await silo.ConnectAsync();
        await using var reader = await silo.ConnectAsync();
        await writer.CreateAsync("/much", new byte[Length]);
        var operations = Enumerable.Repeat(MultiOperation.GetData("/much"), 40)
            .Append(MultiOperation.GetChildren("/long")).Append(MultiOperation.GetData("/none")).ToArray();
        using var stopping = new CancellationTokenSource();
        var writing = SetAsync(writer, Length, stopping.Token);
        for (int i = 0; i < Lists; i++)
        {
            var results = (await reader.MultiReadAsync(operations)).Value;
            byte value = results[0].Data![0];
            Assert.All(results.Take(40), result =>
            {
                Assert.Equal(Length, result.Data!.Length);
                Assert.Equal(-1, result.Data.AsSpan().IndexOfAnyExcept(value));
                Assert.Equal(results[0].Stat, result.Stat);
            });
            Assert.Equal((byte)results[0].Stat!.Value.Version, value);
            Assert.True(results[40].Children!.Count >= LongListSilo.Children);
            Assert.Equal(ErrorCode.NoNode, results[41].Error);
        }

        await stopping.CancelAsync();
        await writing;
        await reader.CloseSessionAsync();
        await writer.CloseSessionAsync();
    }

    // On a machine with other things to do a single round trip may take long: most of them must not.
    [SiloFact(Timeout = 120_000)]
    public async Task Nobody_waits_for_a_long_list_or_count()
    {
        await using var reader = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        await Rounds.OneGoesWellAsync(async _ =>
        {
            var alone = await MeasureAsync(other, Task.Delay(1500));
            var lists = ReadAsync(reader);
            var beside = await MeasureAsync(other, lists);
            await lists;
            output.WriteLine($"alone {alone}, beside long lists and counts {beside} (median, 90 %, most)");
            Assert.True(beside.Median < TimeSpan.FromMilliseconds(20) + alone.Median, $"{beside} beside long lists, {alone} alone");
        });
        await reader.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    // The data says which version it is of.
    private static async Task SetAsync(RawZooKeeperClient writer, int length, CancellationToken stopping)
    {
        byte[] data = new byte[length];
        for (int version = 1; !stopping.IsCancellationRequested; version++)
        {
            Array.Fill(data, (byte)version);
            Assert.Equal(version, (await writer.SetDataAsync("/much", data)).Value.Version);
        }
    }

    private static async Task ReadAsync(RawZooKeeperClient reader)
    {
        for (int i = 0; i < Lists; i++)
        {
            Assert.True((await reader.GetChildrenAsync("/long")).IsOk);
            Assert.True((await reader.GetAllChildrenNumberAsync("/long")).Value >= LongListSilo.Children);
        }
    }

    private static async Task<(TimeSpan Median, TimeSpan Nine, TimeSpan Most)> MeasureAsync(RawZooKeeperClient client, Task until)
    {
        var times = new List<TimeSpan>();
        while (!until.IsCompleted || times.Count < 10)
        {
            long started = Stopwatch.GetTimestamp();
            Assert.True((await client.SetDataAsync("/long", [1])).IsOk);
            times.Add(Stopwatch.GetElapsedTime(started));
            await Task.Delay(1);
        }

        times.Sort();
        return (times[times.Count / 2], times[times.Count * 9 / 10], times[^1]);
    }

    private async Task WriteAsync(CancellationToken stopping)
    {
        await using var writer = await silo.ConnectAsync();
        for (int i = 0; !stopping.IsCancellationRequested; i++)
        {
            string path = $"/long/{LongListSilo.NameOf(i * 7919 % LongListSilo.Children)}-between";
            Assert.True((await writer.CreateAsync(path, null)).IsOk);
            if (i % 3 > 0)
                Assert.True((await writer.DeleteAsync(path)).IsOk);
        }

        await writer.CloseSessionAsync();
    }
}
