using System.Buffers.Binary;
using System.Diagnostics;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Clients that ask and do not read the answers.</summary>
public sealed class SlowReaderTests(MeasuredSilo silo) : IClassFixture<MeasuredSilo>
{
    private const long MostGrowth = 250L << 20;

    private static readonly TimeSpan s_attack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromSeconds(30);

    [SiloFact(Timeout = 180_000)]
    public async Task Answers_that_are_not_read_do_not_pile_up()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/unread", new byte[500_000]);
        // 20,000 million bytes of answers.
        byte[] reads = [.. Enumerable.Range(0, 40_000).SelectMany(static xid => Frames.GetData(xid, "/unread"))];
        await ExpectBoundedMemoryAsync(client, wire => wire.SendAsMuchAsGoesAsync(reads, reads.Length, s_attack));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Who_reads_late_gets_all_answers_whole_and_in_order()
    {
        const int Reads = 300;
        await using var client = await silo.ConnectAsync();
        byte[][] data = [[1], new byte[100_000], new byte[999]];
        Random.Shared.NextBytes(data[1]);
        Random.Shared.NextBytes(data[2]);
        for (int i = 0; i < data.Length; i++)
            await client.CreateAsync($"/late-{i}", data[i]);
        using var late = await silo.ConnectWireAsync();
        // One at a time at first, and then much more than a socket takes.
        for (int xid = 0; xid < Reads; xid++)
        {
            await late.SendAsync(Frames.GetData(xid, $"/late-{xid % data.Length}"));
            if (xid < 10)
                Expect(await late.ReadReplyAsync(), xid);
        }
        await Task.Delay(500);
        for (int xid = 10; xid < Reads; xid++)
            Expect(await late.ReadReplyAsync(), xid);

        void Expect(WireReply reply, int xid)
        {
            Assert.Equal(xid, reply.Xid);
            byte[] expected = data[xid % data.Length];
            Assert.Equal(expected.Length, BinaryPrimitives.ReadInt32BigEndian(reply.Body));
            Assert.Equal(expected, reply.Body.AsSpan(4, expected.Length));
        }
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Answers_behind_writes_that_are_not_read_do_not_pile_up()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/unread-large", new byte[500_000]);
        await client.CreateAsync("/unread-small", null);
        byte[] requests =
        [
            .. Frames.SetData(0, "/unread-small", null),
            .. Enumerable.Range(1, 900).SelectMany(static xid => Frames.GetData(xid, "/unread-large")),
        ];
        await ExpectBoundedMemoryAsync(
            client, wire => wire.SendAsMuchAsGoesAsync(requests, 20L * requests.Length, s_attack));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Write_answers_that_are_not_read_do_not_pile_up()
    {
        await using var client = await silo.ConnectAsync();
        string parent = "/" + new string('p', 5000);
        await client.CreateAsync(parent, null);
        byte[] creates =
        [
            .. Enumerable.Range(0, 500).SelectMany(xid =>
                (byte[])[.. Frames.Create(xid, $"{parent}/{xid}"), .. Frames.Delete(xid, $"{parent}/{xid}")]),
        ];
        await ExpectBoundedMemoryAsync(client, wire => wire.SendAsMuchAsGoesAsync(creates, long.MaxValue, s_attack));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Client_that_does_not_read_its_events_is_shut_out()
    {
        // More than 64 MB of them.
        const int Znodes = 720;
        await using var client = await silo.ConnectAsync();
        string parent = "/" + new string('e', 100_000);
        await client.CreateAsync(parent, null);
        // It says nothing while the events are made, which must not be what it is shut out for.
        using var deaf = await silo.ConnectWireAsync(timeout: 40_000);
        for (int i = 0; i < Znodes; i++)
        {
            await deaf.SendAsync(Frames.Exists(i + 1, $"{parent}/{i}", watch: true));
            Assert.Equal(i + 1, (await deaf.ReadReplyAsync()).Xid);
        }

        for (int i = 0; i < Znodes; i++)
            Assert.True((await client.CreateAsync($"{parent}/{i}", null)).IsOk);
        byte[] received = await deaf.ReadToEndAsync();
        Assert.InRange(received.Length, 1, Znodes * 100_000);
        await silo.Process.ExpectOutputAsync("does not read its answers");
        await client.CloseSessionAsync();
    }

    private async Task ExpectBoundedMemoryAsync(RawZooKeeperClient client, Func<WireConnection, Task> attack)
    {
        long before = await silo.ReadMemoryAsync();
        var wires = new List<WireConnection>();
        for (int i = 0; i < 4; i++)
            wires.Add(await silo.ConnectWireAsync());
        try
        {
            // Time for the answers to what was sent at once.
            var attacking = Task.WhenAll(wires.Select(attack).Append(Task.Delay(s_attack)));
            var watching = silo.ReadMostMemoryAsync(attacking);
            // The others do not wait for those who do not read.
            while (!attacking.IsCompleted)
            {
                var asked = Stopwatch.StartNew();
                Assert.True((await client.SetDataAsync("/", [1])).IsOk);
                Assert.True((await client.GetDataAsync("/")).IsOk);
                Assert.True(asked.Elapsed < s_longestAnswer, $"{asked.Elapsed.TotalSeconds:0.0} s for two requests");
                await Task.Delay(20);
            }

            await attacking;
            long most = await watching;
            Assert.True(
                most - before < MostGrowth,
                $"the memory grew from {before >> 20} to {most >> 20} MB");
            await client.CloseSessionAsync();
        }
        finally
        {
            foreach (var wire in wires)
                wire.Dispose();
        }
    }
}
