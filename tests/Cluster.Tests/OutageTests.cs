using System.Diagnostics;
using System.Net;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Npgsql;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>The database is away, under load, for longer than any session's timeout and the silos' lease.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1.5);

    [Fact]
    public Task A_database_that_is_killed_and_started_again() => RunAsync(
        async (cluster, _) => await cluster.Database.KillAsync(),
        async (cluster, _) => await cluster.Database.StartAgainAsync());

    [Fact]
    public Task A_database_that_is_held() => RunAsync(
        (cluster, _) => Do(cluster.Database.Pause),
        (cluster, _) => Do(cluster.Database.Continue));

    [Fact]
    public Task A_database_behind_a_network_that_swallows() => RunAsync(
        (_, proxies) => Do(() => proxies.ForEach(proxy => proxy.Silence())),
        (_, proxies) => Do(() => proxies.ForEach(proxy => proxy.Restore())));

    [Fact]
    public Task A_database_behind_a_network_that_cuts() => RunAsync(
        (_, proxies) => Do(() => proxies.ForEach(proxy => proxy.Refuse())),
        (_, proxies) => Do(() => proxies.ForEach(proxy => proxy.Restore())));

    [Fact]
    public Task A_database_that_is_restarted_is_waited_for() => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = TimeSpan.FromSeconds(20) });
        await using var load = await ClusterLoad.StartAsync(cluster, 2, TimeSpan.FromSeconds(10));
        for (int restart = 0; restart < 2; restart++)
        {
            await cluster.Database.StopAsync();
            await cluster.Database.StartAgainAsync();
            await load.WaitUntilAllWriteAsync();
        }
        await Task.WhenAll(cluster.Silos.Select(silo => silo.WaitUntilReadyAsync()));
        await load.StopAsync();
        Assert.DoesNotContain(
            load.Clients.SelectMany(client => client.Writes), write => write.Outcome == WriteOutcome.Refused);
        foreach (var endPoint in cluster.EndPoints)
            await Verification.VerifyAsync(endPoint, load);
    });

    [Fact]
    public async Task Sessions_are_closed_right_after_the_database_was_restarted()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1, Lease = TimeSpan.FromSeconds(20) });
        var clients = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => RawZooKeeperClient.ConnectAsync(
            cluster.EndPoints[0], new ConnectParameters { SessionTimeout = TimeSpan.FromSeconds(10) })));
        // Whatever this takes has connections to the database, which then break.
        await Task.WhenAll(clients.Take(20).Select(client => client.CloseSessionAsync()));
        await cluster.Database.StopAsync();
        await cluster.Database.StartAgainAsync();
        Assert.All(await Task.WhenAll(clients.Skip(20).Select(client => client.CloseSessionAsync())), reply => Assert.True(reply.IsOk));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    // What was asked after the lease, nobody answers, however late its end is noticed.
    private static async Task NobodyIsServedAsync(ClusterLoad load, RawZooKeeperClient waiting)
    {
        bool[] areServed = await Task.WhenAll(
            load.Clients.Select(client => client.IsServedAsync(s_slack)).Append(Serving.IsAnsweredAsync(waiting, s_slack)));
        BrokenPromiseException.ThrowUnless(
            areServed.All(isServed => !isServed), "a client is served without the database, after the lease");
    }

    // As clients do: from silo to silo, until one takes it. They come back one by one.
    private static async Task<RawZooKeeperClient> ReturnAsync(
        SiloCluster cluster, RawZooKeeperClient session, TimeSpan silentBefore, long ending)
    {
        var tried = Stopwatch.StartNew();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                var client = await RawZooKeeperClient.ConnectAsync(
                    cluster.EndPoints[attempt % cluster.EndPoints.Count], new ConnectParameters
                    {
                        SessionId = session.SessionId,
                        Password = session.Password,
                        LastZxidSeen = session.LastZxidSeen,
                        SessionTimeout = s_timeout,
                        ConnectTimeout = s_timeout / 3,
                    });
                client.KeepAlive(s_timeout / 4);
                return client;
            }
            catch (SessionExpiredException lost)
            {
                // It was heard within its timeout, and none could end while there was no database.
                BrokenPromiseException.ThrowUnless(
                    silentBefore + Stopwatch.GetElapsedTime(ending) > s_timeout, $"a session was lost in an outage: {lost.Message}");
                throw;
            }
            catch (Exception e) when (e is (ConnectionLostException or TimeoutException) && tried.Elapsed < s_patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private Task RunAsync(Func<SiloCluster, List<TcpProxy>, Task> begin, Func<SiloCluster, List<TcpProxy>, Task> end) =>
        FaultRounds.RunAsync(() => RunOnceAsync(begin, end));

    private async Task RunOnceAsync(
        Func<SiloCluster, List<TcpProxy>, Task> begin, Func<SiloCluster, List<TcpProxy>, Task> end)
    {
        var proxies = new List<TcpProxy>();
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Lease = s_lease,
            ConnectionString = (_, direct) => Behind(proxies, direct),
        });
        try
        {
            await using var load = await ClusterLoad.StartAsync(cluster, 2, s_timeout);
            await using var reader = new OutageReader(cluster.EndPoints[0]);
            // A session whose client only waits, as one does that watches or holds a lock.
            var waiting = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1], new ConnectParameters { SessionTimeout = s_timeout });
            await waiting.CreateAsync("/waiting", null, CreateMode.Ephemeral);
            waiting.KeepAlive(s_timeout / 4);
            await reader.WaitUntilReadAsync();

            long began = Stopwatch.GetTimestamp();
            await waiting.PingAsync();
            await begin(cluster, proxies);
            long gone = Stopwatch.GetTimestamp();
            await Task.Delay(ClusterSettings.Outage);
            await NobodyIsServedAsync(load, waiting);
            reader.ThrowIfServedAfter(gone, s_lease);
            var lastRead = reader.LastAnswered - began;
            bool isAnyConnected = load.Clients.Any(client => client.IsConnected) || waiting.EndReason is null;
            long ending = Stopwatch.GetTimestamp();
            await end(cluster, proxies);
            var returning = ReturnAsync(cluster, waiting, Stopwatch.GetElapsedTime(began, gone), ending);
            long restored = Stopwatch.GetTimestamp();
            await load.WaitUntilAllWriteAsync();
            output.WriteLine($"all write again {Stopwatch.GetElapsedTime(restored).TotalSeconds:0.0} s after the end");
            Assert.InRange(Stopwatch.GetElapsedTime(0, lastRead), TimeSpan.MinValue, s_lease + s_slack);
            Assert.False(isAnyConnected, "a client is served without the database, after the lease");

            await waiting.DisposeAsync();
            await using (var back = await returning)
            {
                var held = await back.ExistsAsync("/waiting");
                BrokenPromiseException.ThrowUnless(
                    held.IsOk && held.Value.EphemeralOwner == waiting.SessionId, "a session came back without its ephemeral");
            }
            await Task.WhenAll(cluster.Silos.Select(silo => silo.WaitUntilReadyAsync()));
            await load.StopAsync();
            foreach (var endPoint in cluster.EndPoints)
                output.WriteLine($"{await Verification.VerifyAsync(endPoint, load)} writes at {endPoint}");
            Assert.All(cluster.Silos, silo => Assert.False(silo.HasExited, silo.Output));
        }
        finally
        {
            foreach (var proxy in proxies)
                await proxy.DisposeAsync();
        }
    }

    private static string Behind(List<TcpProxy> proxies, string direct)
    {
        var settings = new NpgsqlConnectionStringBuilder(direct);
        var proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, settings.Port));
        proxies.Add(proxy);
        settings.Port = proxy.EndPoint.Port;
        return settings.ConnectionString;
    }
}
