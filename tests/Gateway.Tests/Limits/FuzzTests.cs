using System.Diagnostics;
using System.Net.Sockets;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Thousands of frames that are nearly in order, at a silo that also has a well-behaved client.</summary>
/// <remarks>COORDINATION_FUZZ_SEED repeats what a run has sent, though not its timing.</remarks>
public sealed class FuzzTests(MeasuredSilo silo, ITestOutputHelper output) : IClassFixture<MeasuredSilo>
{
    private const int Connections = 4;
    private const int FramesOfConnection = 8000;
    private const long MostGrowth = 250L << 20;

    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromSeconds(30);

    [SiloFact(Timeout = 180_000)]
    public async Task Mutated_frames_harm_nobody_but_those_who_send_them()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("COORDINATION_FUZZ_SEED"), out int given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"COORDINATION_FUZZ_SEED={seed}");
        await using var client = await silo.ConnectAsync();
        // Out of reach, whatever the mutations hit upon.
        await client.AuthenticateAsync("digest", "good:behaviour");
        await client.CreateAsync("/well-behaved", null, acl: AclEntry.CreatorAll);
        await client.CreateAsync("/fuzz", null);
        long before = await silo.ReadMemoryAsync();

        var fuzzing = Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Task.Run(() => FuzzAsync(seed + i))));
        var watching = silo.ReadMostMemoryAsync(fuzzing);
        var latencies = await BehaveWellAsync(client, fuzzing);
        int connections = (await fuzzing).Sum();
        long most = await watching;
        latencies.Sort();
        output.WriteLine(
            $"{Connections * FramesOfConnection} frames over {connections} connections; {latencies.Count} good rounds, "
            + $"median {latencies[latencies.Count / 2].TotalMilliseconds:0.0} ms, worst "
            + $"{latencies[^1].TotalMilliseconds:0.0} ms; memory {before >> 20} to {most >> 20} MB");
        Assert.True(latencies.Count > 5, $"only {latencies.Count} rounds");
        Assert.True(latencies[latencies.Count / 2] < TimeSpan.FromSeconds(1), "the median is too long");
        Assert.True(most - before < MostGrowth, $"the memory grew from {before >> 20} to {most >> 20} MB");
        Assert.False(silo.Process.HasExited);

        // All that was let in is in the log, and can be read again.
        await silo.Process.KillAsync();
        await silo.Process.StartAgainAsync();
        await using var again = await silo.ReattachAsync(client);
        await again.AuthenticateAsync("digest", "good:behaviour");
        Assert.Equal(latencies.Count, (await again.GetDataAsync("/well-behaved")).Value.Stat.Version);
        await again.CloseSessionAsync();
    }

    private static async Task<List<TimeSpan>> BehaveWellAsync(RawZooKeeperClient client, Task meanwhile)
    {
        var latencies = new List<TimeSpan>();
        while (!meanwhile.IsCompleted)
        {
            byte[] data = BitConverter.GetBytes(latencies.Count);
            var asked = Stopwatch.StartNew();
            var watch = client.GetDataAsync("/well-behaved", watch: true);
            var write = client.SetDataAsync("/well-behaved", data, version: latencies.Count);
            var read = client.GetDataAsync("/well-behaved");
            Assert.True((await watch).IsOk);
            Assert.Equal(latencies.Count + 1, (await write).Value.Version);
            Assert.Equal(data, (await read).Value.Data);
            Assert.Equal(
                WatchEventType.NodeDataChanged, (await client.NextNotificationAsync(s_longestAnswer)).Type);
            latencies.Add(asked.Elapsed);
            Assert.True(asked.Elapsed < s_longestAnswer, $"a round took {asked.Elapsed.TotalSeconds:0.0} s");
            await Task.Delay(5);
        }

        return latencies;
    }

    // Says how many connections it took.
    private async Task<int> FuzzAsync(int seed)
    {
        var mutator = new FrameMutator(seed);
        int connections = 0;
        for (int sent = 0; sent < FramesOfConnection;)
        {
            connections++;
            using var wire = await silo.OpenWireAsync();
            var reading = wire.ReadToEndAsync();
            try
            {
                await wire.SendAsync(mutator.NextConnect());
                while (sent < FramesOfConnection && !reading.IsCompleted)
                {
                    var frames = Enumerable.Range(0, 20).Select(_ => mutator.NextRequest()).ToArray();
                    sent += frames.Length;
                    await wire.SendAsync(frames);
                    // The answers to some of what was sent, or the end.
                    await Task.WhenAny(reading, Task.Delay(1));
                }

                wire.EndSending();
            }
            catch (SocketException)
            {
                // Shut out, as was to be expected.
            }

            await reading;
        }

        return connections;
    }
}
