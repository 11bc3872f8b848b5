using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Testing;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>The .NET client through the grains of silos in other processes.</summary>
public sealed class GrainTransportTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ItDoesWhatItDoesOverTcp()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2 });
        await using var orleans = await OrleansClient.ConnectAsync(cluster);
        await using var client = await ConnectAsync(orleans);
        await using var other = await ConnectAsync(orleans);
        byte[] large = new byte[900_000];
        Random.Shared.NextBytes(large);
        await client.CreateAsync("/large", large);
        await other.SyncAsync();
        Assert.True((await other.GetDataAsync("/large")).Data.Span.SequenceEqual(large));

        var told = new TaskCompletionSource<WatchEvent>();
        await other.GetDataAsync("/large", told.SetResult);
        var sets = Enumerable.Range(0, 200).Select(i => client.SetDataAsync("/large", new byte[i], i).AsTask()).ToArray();
        for (int i = 0; i < sets.Length; i++)
            Assert.Equal(i + 1, (await sets[i].WaitAsync(s_patience)).Version);
        Assert.Equal("/large", (await told.Task.WaitAsync(s_patience)).Path);

        await using (var held = await new DistributedLock(client, "/lock").AcquireAsync())
            Assert.Null(await new DistributedLock(other, "/lock").TryAcquireAsync(TimeSpan.FromMilliseconds(200)));
        await using var next = await new DistributedLock(other, "/lock").AcquireAsync().WaitAsync(s_patience);
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task ItsSessionSurvivesTheDeathOfTheSiloThatItIsOn()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Arguments = _ => ["--four-letter-words", "*"] });
        await using var orleans = await OrleansClient.ConnectAsync(cluster);
        await using var client = await ConnectAsync(orleans);
        await client.CreateAsync("/mine", "1", CreateOptions.Ephemeral);
        var session = client.Session!;
        int victim = await FindAsync(cluster, session);
        await using var observer = await CoordinationClient.ConnectAsync($"{cluster.EndPoints[(victim + 1) % 3]}");
        await using var watch = await client.WatchAsync("/", Protocol.AddWatchMode.PersistentRecursive);
        var disconnected = new TaskCompletionSource();
        client.StateChanged += change =>
        {
            if (change.State == SessionState.Disconnected)
                disconnected.TrySetResult();
        };
        await cluster.Silos[victim].KillAsync();
        await disconnected.Task.WaitAsync(s_patience);

        // It waits for a connection, and is sent once.
        var set = await client.SetDataAsync("/mine", "2", 0).AsTask().WaitAsync(s_patience);
        Assert.Equal(1, set.Version);
        Assert.Same(session, client.Session);
        Assert.NotEqual(victim, await FindAsync(cluster, session, except: victim));
        await observer.SyncAsync();
        Assert.Equal(session.Id, (await observer.ExistsAsync("/mine"))!.Value.EphemeralOwner);
        await observer.CreateAsync("/after");
        using var timeout = new CancellationTokenSource(s_patience);
        await foreach (var change in watch.WithCancellation(timeout.Token))
        {
            if (change.Path == "/after")
                break;
        }
    }

    private static Task<CoordinationClient> ConnectAsync(OrleansClient orleans)
    {
        var options = new CoordinationClientOptions { ConnectionString = "/", SessionTimeout = TimeSpan.FromSeconds(8) };
        return CoordinationClient.ConnectAsync(options.UseOrleans(orleans.Grains)).WaitAsync(s_patience);
    }

    private static async Task<int> FindAsync(SiloCluster cluster, ClientSession session, int except = -1)
    {
        for (int i = 0; i < cluster.EndPoints.Count; i++)
        {
            if (i != except && (await Words.AskAsync(cluster.EndPoints[i], "cons")).Contains(
                $"sid=0x{session.Id:x}", StringComparison.Ordinal))
            {
                return i;
            }
        }
        throw new InvalidOperationException("no silo serves the session");
    }
}
