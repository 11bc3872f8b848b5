using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Coordination.Gateway.Tests.Tls;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Frames cut to pieces, cut short, and of lengths that are not theirs, with encryption and without.</summary>
/// <remarks>COORDINATION_FUZZ_SEED repeats what a run has sent, and COORDINATION_FUZZ_SECONDS says for how long.</remarks>
public sealed class SplitFuzzTests(ITestOutputHelper output)
{
    private const int Connections = 3;

    private static readonly TimeSpan s_longestRound = TimeSpan.FromSeconds(30);

    [SiloTheory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_split_at_any_place_are_answered_the_same(bool isEncrypted)
    {
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "none");
        using var tunnel = server.Tunnel(null);
        var target = isEncrypted ? tunnel.EndPoint : server.Process.ClientEndPoint;
        byte[] requests =
        [
            .. Frames.Connect(), .. Frames.GetChildren(1, "/zookeeper"), .. Frames.Ping(), .. Frames.Exists(2, "/none", watch: true),
            .. Frames.CloseSession(3),
        ];
        byte[] whole = await AskAsync(target, requests, requests.Length);
        Assert.True(whole.Length > 100);
        for (int at = 1; at < requests.Length; at++)
            Assert.Equal(whole, await AskAsync(target, requests, at));
    }

    [SiloTheory(Timeout = 600_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_of_any_kind_harm_nobody_but_those_who_send_them(bool isEncrypted)
    {
        int seed = Setting("COORDINATION_FUZZ_SEED") ?? Random.Shared.Next();
        var duration = TimeSpan.FromSeconds(Setting("COORDINATION_FUZZ_SECONDS") ?? 4);
        output.WriteLine($"COORDINATION_FUZZ_SEED={seed}");
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "none");
        using var tunnel = server.Tunnel(null);
        await using var plain = await RawZooKeeperClient.ConnectAsync(server.Process.ClientEndPoint);
        await using var encrypted = await server.ConnectAsync(null);
        await plain.AuthenticateAsync("digest", "good:behaviour");
        await plain.CreateAsync("/good", null, acl: AclEntry.CreatorAll);
        await encrypted.AuthenticateAsync("digest", "good:behaviour");

        var until = Stopwatch.StartNew();
        var target = isEncrypted ? tunnel.EndPoint : server.Process.ClientEndPoint;
        var fuzzing = Enumerable.Range(0, Connections).Select(i => Task.Run(() => FuzzAsync(target, seed + i, until, duration)));
        // At the secure port itself: what TLS has to make sense of.
        var all = Task.WhenAll(fuzzing.Append(Task.Run(() => FuzzAsync(server.EndPoint, seed - 1, until, duration))).ToList());
        int rounds = 0;
        for (; !all.IsCompleted || rounds <= 10; rounds++)
        {
            var round = Stopwatch.StartNew();
            Assert.Equal(rounds + 1, (await plain.SetDataAsync("/good", BitConverter.GetBytes(rounds))).Value.Version);
            Assert.True((await encrypted.SyncAsync("/good")).IsOk);
            Assert.Equal(BitConverter.GetBytes(rounds), (await encrypted.GetDataAsync("/good")).Value.Data);
            Assert.True(round.Elapsed < s_longestRound, $"a round took {round.Elapsed.TotalSeconds:0.0} s");
            await Task.Delay(5);
        }

        int[] connections = await all;
        output.WriteLine($"{connections.Sum()} connections, {rounds} good rounds");
        Assert.All(connections, static count => Assert.True(count > 0));
        await plain.CloseSessionAsync();
        await encrypted.CloseSessionAsync();
        Assert.False(server.Process.HasExited);
        Assert.DoesNotContain("fail: ", server.Process.Output);
        Assert.DoesNotContain("crit: ", server.Process.Output);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out int given) ? given : null;

    // The answers without what differs from session to session, and without zxids.
    private static async Task<byte[]> AskAsync(IPEndPoint server, byte[] requests, int at)
    {
        using var wire = await WireConnection.OpenAsync(server);
        await wire.SendAsync(requests[..at]);
        await Task.Yield();
        if (at < requests.Length)
            await wire.SendAsync(requests[at..]);
        byte[] answers = await wire.ReadToEndAsync();
        answers.AsSpan(12, 28).Clear();
        for (int frame = 4 + BinaryPrimitives.ReadInt32BigEndian(answers); frame < answers.Length;
            frame += 4 + BinaryPrimitives.ReadInt32BigEndian(answers.AsSpan(frame)))
        {
            answers.AsSpan(frame + 8, 8).Clear();
        }

        return answers;
    }

    // Says how many connections it took.
    private static async Task<int> FuzzAsync(IPEndPoint target, int seed, Stopwatch since, TimeSpan duration)
    {
        var random = new Random(seed);
        var mutator = new FrameMutator(seed);
        int connections = 0;
        for (; connections == 0 || since.Elapsed < duration; connections++)
        {
            using var wire = await WireConnection.OpenAsync(target);
            var reading = wire.ReadToEndAsync();
            try
            {
                byte[] bytes = NextBytes(random, mutator);
                for (int sent = 0; sent < bytes.Length && !reading.IsCompleted;)
                {
                    int length = Math.Min(bytes.Length - sent, random.Next(1, random.Next(2) == 0 ? 8 : 2000));
                    await wire.SendAsync(bytes[sent..(sent + length)]);
                    sent += length;
                }

                if (random.Next(4) == 0)
                    wire.Reset();
                else
                    wire.EndSending();
                await reading;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Shut out, as was to be expected.
            }
        }

        return connections;
    }

    private static byte[] NextBytes(Random random, FrameMutator mutator)
    {
        var bytes = new List<byte>(mutator.NextConnect());
        for (int frames = random.Next(60); frames > 0; frames--)
            bytes.AddRange(mutator.NextRequest());
        switch (random.Next(4))
        {
            case 0:
                // Cut short.
                int missing = Math.Min(bytes.Count, random.Next(1, 20));
                bytes.RemoveRange(bytes.Count - missing, missing);
                break;
            case 1:
                // A length that is not its frame's, up to one that no frame may have.
                byte[] length = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(length, random.Next(3) == 0 ? random.Next() : random.Next(0, 2_000_000));
                bytes.AddRange(length);
                bytes.AddRange(new byte[random.Next(100_000)]);
                break;
            case 2:
                // Nothing that was ever a frame.
                byte[] noise = new byte[random.Next(1, 3000)];
                random.NextBytes(noise);
                bytes.InsertRange(random.Next(2) == 0 ? 0 : random.Next(bytes.Count), noise);
                break;
        }

        return [.. bytes];
    }
}
