using System.Globalization;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Many requests under way on one connection.</summary>
/// <remarks>The client itself fails a test whose replies are out of order, or whose zxids go back.</remarks>
public sealed class PipelineTests(OrderingSilo silo, ITestOutputHelper output) : IClassFixture<OrderingSilo>
{
    [Fact(Timeout = 180_000)]
    public async Task Thousands_of_mixed_requests_each_see_the_writes_before_them()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() => PipelineAsync(seed + number))));
    }

    [Fact(Timeout = 180_000)]
    public async Task Reads_of_every_kind_see_the_write_right_before_them_in_the_same_packet()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Create(1, "/same-packet"));
        await wire.ReadReplyAsync();
        int xid = 2;
        for (int i = 0; i < 50; i++)
        {
            string path = $"/same-packet/{i}";
            byte[] data = BitConverter.GetBytes(i);
            await wire.SendAsync(
                Frames.Exists(xid, path),
                Frames.Create(xid + 1, path),
                Frames.Exists(xid + 2, path),
                Frames.SetData(xid + 3, path, data),
                Frames.GetData(xid + 4, path),
                Frames.GetChildren(xid + 5, "/same-packet"),
                Frames.Sync(xid + 6, path),
                Frames.Delete(xid + 7, path),
                Frames.GetData(xid + 8, path),
                Frames.Create(xid + 9, path),
                Frames.GetChildren(xid + 10, "/same-packet"));
            Assert.Equal(ErrorCode.NoNode, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(data, ReadData(await ReadAsync()));
            Assert.Contains(i.ToString(CultureInfo.InvariantCulture), ReadNames(await ReadAsync()));
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.NoNode, (await ReadAsync()).Error);
            Assert.Equal(ErrorCode.Ok, (await ReadAsync()).Error);
            Assert.Equal(i + 1, ReadNames(await ReadAsync()).Count);
        }

        async Task<WireReply> ReadAsync()
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal(xid++, reply.Xid);
            return reply;
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Thousands_of_reads_behind_one_write_are_answered_in_order()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/behind", null);
        for (int round = 1; round <= 3; round++)
        {
            byte[] data = BitConverter.GetBytes(round);
            var write = client.SetDataAsync("/behind", data);
            var reads = Enumerable.Range(0, 3000).Select(_ => client.GetDataAsync("/behind")).ToList();
            Assert.True((await write).IsOk);
            foreach (var read in await Task.WhenAll(reads))
            {
                Assert.Equal(data, read.Value.Data);
                Assert.Equal(round, read.Value.Stat.Version);
            }
        }

        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Large_answers_behind_a_write_all_arrive()
    {
        byte[] large = new byte[500_000];
        Random.Shared.NextBytes(large);
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/large", large);
        await client.CreateAsync("/small", null);
        var replies = new List<Task<Reply<ZnodeData>>>();
        for (int round = 0; round < 2; round++)
        {
            var write = client.SetDataAsync("/small", null);
            for (int i = 0; i < 150; i++)
                replies.Add(client.GetDataAsync("/large"));
            Assert.True((await write).IsOk);
        }

        foreach (var reply in replies)
            Assert.Equal(large, (await reply).Value.Data);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Long_answers_to_a_deep_pipeline_of_writes_all_arrive()
    {
        const int Requests = 10_000;
        await using var client = await silo.ConnectAsync();
        // Each is answered with a result for every operation, and leaves nothing in the log that would bound a batch.
        var failing = Enumerable.Repeat(MultiOperation.Check("/never-there", -1), 60).ToList();
        var writes = new List<Task<Reply<Stat>>>();
        var multis = new List<Task<Reply<IReadOnlyList<MultiResult>>>>();
        for (int i = 0; i < Requests; i++)
        {
            if (i % 200 == 0)
                writes.Add(client.SetDataAsync("/", null));
            else
                multis.Add(client.MultiAsync(failing));
        }

        foreach (var multi in multis)
            Assert.Equal(ErrorCode.NoNode, (await multi.WaitAsync(RunningSilo.Soon)).Value[0].Error);
        foreach (var write in writes)
            Assert.True((await write).IsOk);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task No_write_of_a_deep_pipeline_is_dropped()
    {
        const int Sessions = 3;
        const int Writes = 5000;
        await using var observer = await silo.ConnectAsync();
        await observer.CreateAsync("/deep", null);
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(async () =>
        {
            await using var client = await silo.ConnectAsync();
            var writes = Enumerable.Range(0, Writes)
                .Select(_ => client.CreateAsync("/deep/n-", null, CreateMode.PersistentSequential)).ToList();
            var paths = new HashSet<string>();
            foreach (var reply in await Task.WhenAll(writes))
                Assert.True(paths.Add(reply.Value));
            await client.CloseSessionAsync();
        })));
        var children = await observer.GetChildren2Async("/deep");
        Assert.Equal(Sessions * Writes, children.Value.Names.Count);
        Assert.Equal(
            $"n-{(Sessions * Writes) - 1:d10}", children.Value.Names.Max(StringComparer.Ordinal));
        await observer.CloseSessionAsync();
    }

    private async Task PipelineAsync(int seed)
    {
        await using var client = await silo.ConnectAsync();
        string root = $"/modelled-{seed}";
        Assert.True((await client.CreateAsync(root, null)).IsOk);
        var session = new ModelledSession(client, root, seed);
        for (int batch = 0; batch < 3; batch++)
        {
            for (int i = 0; i < 1500; i++)
                session.SendOne();
            await session.CheckAsync();
        }

        await client.CloseSessionAsync();
    }

    private static byte[]? ReadData(WireReply reply)
    {
        Assert.Equal(ErrorCode.Ok, reply.Error);
        return new JuteReader(reply.Body).ReadBuffer();
    }

    private static IReadOnlyList<string> ReadNames(WireReply reply)
    {
        Assert.Equal(ErrorCode.Ok, reply.Error);
        return new JuteReader(reply.Body).ReadStrings();
    }
}
