using System.Diagnostics;
using System.Net;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;
using CreateMode = Coordination.Protocol.CreateMode;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>A silo is cut off from the database alone: to Orleans it is alive, and grains are on it.</summary>
public sealed class StrandedSiloTests(ITestOutputHelper output)
{
    private const int MostTries = 100;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [NetworkFact]
    public Task Its_grains_go_to_silos_that_serve_and_sessions_are_kept() => FaultRounds.RunAsync(async () =>
    {
        await using var networks = await SiloNetworks.MakeAsync(3);
        networks.JoinTestToSilos();
        await using var cluster = await NetworkTests.StartAsync(networks, s_lease);
        await using var client = await OrleansClient.ConnectAsync(cluster);
        Assert.Equal(0, (await client.Sequencer.TakeAsync("jobs", 1)).First);
        var place = await client.HostOfAsync(client.Sequencer);
        int victim = Enumerable.Range(0, 3).Single(silo => networks.SiloAddressOf(silo).Equals(place));
        var (session, ticket) = await OpenAtAsync(client, place);
        await client.Znode("/mine").CreateAsync(new ZnodeCreation([1], CreateMode.Ephemeral), ticket);
        var znode = await CreateAtAsync(client, place);
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[(victim + 1) % 3]);
        other.KeepAlive(TimeSpan.FromSeconds(1));

        using var stop = new CancellationTokenSource();
        networks.CutFromDatabase(victim);
        long cut = Stopwatch.GetTimestamp();
        var keeping = KeepAliveAsync(session, ticket, other, stop.Token);
        var waits = await Task.WhenAll(
            UntilDoneAsync(cut, async () => Assert.True((await client.Sequencer.TakeAsync("jobs", 1)).First > 0)),
            UntilDoneAsync(cut, async () => await znode.SetAsync([2])));
        Assert.Equal([2], (await znode.GetAsync()).Data);
        output.WriteLine($"numbers and writes again after {string.Join(", ", waits.Select(wait => $"{wait.TotalSeconds:0.0} s"))}");
        Assert.Equal(1, await cluster.Silos[victim].WaitForExitAsync(s_patience));
        Assert.Equal(
            "coordination: this silo cannot reach the database, and others serve clients; it has to be started again",
            cluster.Silos[victim].StandardError.Trim());
        // Whoever looks after it starts it, in vain as yet.
        cluster.Silos[victim].LaunchAgain();
        Assert.Equal(1, await cluster.Silos[victim].WaitForExitAsync(s_patience));
        Assert.Contains("cannot be used", Assert.Single(Lines(cluster.Silos[victim].StandardError)), StringComparison.Ordinal);
        // For long enough that the session would have ended, had it been kept by nobody since the cut.
        await Task.Delay(TimeSpan.FromTicks(Math.Max(0, (s_lease + s_timeout + s_lease - Stopwatch.GetElapsedTime(cut)).Ticks)));
        await stop.CancelAsync();
        ticket = await keeping;
        await session.CloseAsync(ticket.AttachZxid);
        await other.SyncAsync("/mine");
        Assert.False((await other.ExistsAsync("/mine")).IsOk);
        Assert.All(
            cluster.Silos.Where(silo => silo != cluster.Silos[victim]), silo => Assert.False(silo.HasExited, silo.Output));

        networks.JoinToDatabase(victim);
        await cluster.Silos[victim].StartAgainAsync();
    });

    private static async Task<(ISessionGrain Session, SessionTicket Ticket)> OpenAtAsync(OrleansClient client, IPAddress place)
    {
        for (long id = 1; id <= MostTries; id++)
        {
            var session = client.Session(id);
            var ticket = await session.OpenAsync(new SessionOpening((int)s_timeout.TotalMilliseconds));
            if ((await client.HostOfAsync(session)).Equals(place))
                return (session, ticket);
        }
        throw new InvalidOperationException($"none of {MostTries} sessions is at {place}");
    }

    private static async Task<IZnodeGrain> CreateAtAsync(OrleansClient client, IPAddress place)
    {
        for (int number = 1; number <= MostTries; number++)
        {
            var znode = client.Znode($"/n{number}");
            await znode.CreateAsync(new ZnodeCreation([1]));
            if ((await client.HostOfAsync(znode)).Equals(place))
                return znode;
        }
        throw new InvalidOperationException($"none of {MostTries} znodes is at {place}");
    }

    // The session must be there for its timeout since a ping that was answered, whenever within it that was done.
    private async Task<SessionTicket> KeepAliveAsync(
        ISessionGrain session, SessionTicket ticket, RawZooKeeperClient other, CancellationToken stop)
    {
        long heard = Stopwatch.GetTimestamp();
        var longest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            long asked = Stopwatch.GetTimestamp();
            if (await OrleansClient.TryAsync(async () => ticket = await OrleansClient.KeepAliveAsync(session, ticket)))
            {
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(heard).Ticks));
                heard = asked;
            }
            await other.SyncAsync("/mine");
            bool isThere = (await other.ExistsAsync("/mine")).IsOk;
            var silence = Stopwatch.GetElapsedTime(heard);
            BrokenPromiseException.ThrowUnless(
                isThere || silence > s_timeout, $"a session of {s_timeout} ended {silence} after a ping that was answered");
            Assert.True(isThere, $"nobody took a ping for {silence}");
            await Task.Delay(200, CancellationToken.None);
        }
        output.WriteLine($"the session was not heard for {longest.TotalSeconds:0.0} s at most");
        return ticket;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<TimeSpan> UntilDoneAsync(long since, Func<Task> call)
    {
        await Eventually.TrueAsync(() => OrleansClient.TryAsync(call), s_patience, () => "nobody answers");
        return Stopwatch.GetElapsedTime(since);
    }
}
