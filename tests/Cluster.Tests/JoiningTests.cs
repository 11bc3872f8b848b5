using System.Diagnostics;
using Coordination.Cluster.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Npgsql;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>Silos come and go while clients are at work.</summary>
public sealed class JoiningTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    // A little less than the silo's 100 ms, as clocks go.
    private static readonly TimeSpan s_mostAsking = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan s_longLease = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_write_through_any_silo_is_seen_through_every_other()
    {
        await using var cluster = await SiloCluster.StartAsync();
        foreach (var (endPoint, number) in cluster.EndPoints.Select((endPoint, number) => (endPoint, number)))
        {
            await using var writer = await RawZooKeeperClient.ConnectAsync(endPoint);
            Assert.Equal($"/from-{number}", (await writer.CreateAsync($"/from-{number}", [(byte)number])).Value);
            foreach (var other in cluster.EndPoints)
            {
                await using var reader = await RawZooKeeperClient.ConnectAsync(other);
                await reader.SyncAsync("/");
                Assert.Equal([(byte)number], (await reader.GetDataAsync($"/from-{number}")).Value.Data!);
            }
        }
    }

    /// <summary>A client that tells another of what it has made need not tell it to sync first, unless the silo cannot ask
    /// the log how far it reaches in the tenth of a second that it takes for it.</summary>
    [Fact]
    public async Task What_was_made_through_any_silo_is_found_through_every_other()
    {
        const int rounds = 40;
        await using var cluster = await SiloCluster.StartAsync();
        var clients = await Task.WhenAll(cluster.EndPoints.Select(silo => RawZooKeeperClient.ConnectAsync(silo)));
        for (int round = 0; round < rounds; round++)
        {
            string path = $"/made-{round}";
            var writer = clients[round % clients.Length];
            Assert.Equal(ErrorCode.Ok, (await writer.CreateAsync(path, [(byte)round])).Error);
            foreach (var reader in clients)
                Assert.Equal([(byte)round], await FindAsync(reader, path));
        }
        Assert.Equal(ErrorCode.NoNode, (await clients[0].GetDataAsync("/never-made")).Error);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    /// <summary>As pg_dump reads them: in one transaction, which holds the lock of a reader on each until it is through.</summary>
    [Fact]
    public async Task A_silo_joins_while_a_backup_reads_the_tables()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1 });
        string tables = await DatabaseQuery.AskAsync<string>(
            cluster.Database,
            $"SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables WHERE schemaname = '{cluster.Name}'");
        await using var backup = new NpgsqlConnection(cluster.Database.ConnectionString);
        await backup.OpenAsync();
        await using var transaction = await backup.BeginTransactionAsync();
        await using (var reading = new NpgsqlCommand($"LOCK TABLE {tables} IN ACCESS SHARE MODE", backup))
            await reading.ExecuteNonQueryAsync();
        var second = await cluster.AddSiloAsync();
        await using var writer = await RawZooKeeperClient.ConnectAsync(second.ClientEndPoint);
        Assert.True((await writer.CreateAsync("/during-a-backup", null)).IsOk);
        await using var reader = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await reader.SyncAsync("/");
        Assert.True((await reader.ExistsAsync("/during-a-backup")).IsOk);
    }

    [Fact]
    public Task Silos_join_and_leave_under_load() => FaultRounds.RunAsync(async () =>
    {
        // So long that what happens within this test cannot be owed to a lease that has run out.
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = s_longLease });
        var addresses = cluster.EndPoints.ToList();
        await using var load = await ClusterLoad.StartAsync(cluster, 3, s_timeout, addresses);
        var third = await cluster.AddSiloAsync();
        addresses.Add(third.ClientEndPoint);
        await load.WaitUntilAllWriteAsync();
        Assert.Equal(3, await DatabaseQuery.CountSilosAsync(cluster));

        // A client that dies with its silo, and is never heard of again.
        var dead = await RawZooKeeperClient.ConnectAsync(
            addresses[0], new ConnectParameters { SessionTimeout = s_timeout });
        long lastAsked = Stopwatch.GetTimestamp();
        await dead.CreateAsync("/dead", null, CreateMode.Ephemeral);
        Assert.Equal(0, await cluster.Silos[0].TerminateAsync(TimeSpan.FromSeconds(60)));
        await dead.DisposeAsync();
        Assert.Equal(2, await DatabaseQuery.CountSilosAsync(cluster));
        await load.WaitUntilAllWriteAsync();

        // The others answer for its sessions as soon as it has left.
        await using var client = await RawZooKeeperClient.ConnectAsync(third.ClientEndPoint);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        var gone = await Eventually.TrueAsync(
            async () => (await client.ExistsAsync("/dead")).Error == ErrorCode.NoNode, s_longLease / 2,
            () => "the ephemeral of a client that died with a silo that left is there");
        var sinceLastAsked = Stopwatch.GetElapsedTime(lastAsked);
        BrokenPromiseException.ThrowUnless(
            sinceLastAsked >= s_timeout, $"an ephemeral went {sinceLastAsked} after its client, its timeout is {s_timeout}");
        output.WriteLine(
            $"an ephemeral went {gone.TotalSeconds:0.0} s after its client and its silo, with a timeout of {s_timeout.TotalSeconds:0.0} s");

        await cluster.Silos[0].StartAgainAsync();
        await cluster.Silos[1].TerminateAsync(TimeSpan.FromSeconds(60));
        await load.WaitUntilAllWriteAsync();
        await load.StopAsync();
        foreach (var silo in new[] { cluster.Silos[0], third })
            output.WriteLine($"{await Verification.VerifyAsync(silo.ClientEndPoint, load)} writes at {silo.HostAndPort}");
    });

    /// <summary>A session id begins with a byte that its silo's number decides, and there may be more silos than bytes.</summary>
    [Fact]
    public async Task More_silos_than_session_ids_have_first_bytes_open_sessions()
    {
        const int firstBytes = 254;
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1 });
        Assert.Equal(firstBytes - 1, await DatabaseQuery.AskAsync<long>(
            cluster.Database,
            $"""
            WITH entered AS (
              INSERT INTO "{cluster.Name}".silo (identity, number, heartbeat, client_address)
              SELECT gen_random_uuid(), number, 0, '127.0.0.1:' || 2000 + number FROM generate_series(2, {firstBytes}) AS n (number)
              RETURNING number)
            SELECT count(*) FROM entered
            """));
        var last = await cluster.AddSiloAsync();
        await using var atFirst = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        await using var atLast = await RawZooKeeperClient.ConnectAsync(last.ClientEndPoint);
        Assert.Equal(1, atFirst.SessionId >> 56);
        Assert.Equal(1, atLast.SessionId >> 56);
        Assert.NotEqual(atFirst.SessionId, atLast.SessionId);
        Assert.Equal(ErrorCode.Ok, (await atLast.CreateAsync("/last", null, CreateMode.Ephemeral)).Error);
        await atFirst.SyncAsync("/");
        Assert.Equal(atLast.SessionId, (await atFirst.ExistsAsync("/last")).Value.EphemeralOwner);
    }

    private static async Task<byte[]> FindAsync(RawZooKeeperClient reader, string path)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            long asked = Stopwatch.GetTimestamp();
            var reply = await reader.GetDataAsync(path);
            if (reply.Error == ErrorCode.Ok)
                return reply.Value.Data!;
            Assert.Equal(ErrorCode.NoNode, reply.Error);
            Assert.True(Stopwatch.GetElapsedTime(asked) > s_mostAsking, $"{path} was not found, without asking long enough");
        }
        throw new TimeoutException($"{path} was never found");
    }
}
