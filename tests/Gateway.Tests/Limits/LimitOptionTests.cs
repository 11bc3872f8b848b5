using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>The limits that an operator can set, as ZooKeeper has them.</summary>
public sealed class LimitOptionTests
{
    [SiloFact(Timeout = 180_000)]
    public async Task Connections_are_limited_all_together()
    {
        await using var silo = await StartAsync("--max-connections", "3");
        var clients = new List<RawZooKeeperClient>();
        while (clients.Count < 3)
        {
            if (await TryConnectAsync(silo) is { } client)
                clients.Add(client);
        }

        for (int i = 0; i < 10; i++)
        {
            using var wire = await WireConnection.OpenAsync(silo.ClientEndPoint);
            await wire.ExpectCloseAsync();
        }

        foreach (var client in clients)
            Assert.True((await client.ExistsAsync("/")).IsOk);
        await clients[0].DisposeAsync();
        await using var next = await ConnectAtLastAsync(silo);
        await silo.ExpectOutputAsync("there are 3 connections already");
        await next.CloseSessionAsync();
        foreach (var client in clients.Skip(1))
            await client.DisposeAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Connection_that_asks_for_no_session_is_closed_in_time()
    {
        await using var silo = await StartAsync("--connect-timeout", "500");
        using var silent = await WireConnection.OpenAsync(silo.ClientEndPoint);
        var waited = Stopwatch.StartNew();
        await silent.ExpectCloseAsync();
        Assert.InRange(waited.Elapsed.TotalSeconds, 0.4, 30);
        Assert.InRange(await ReadAsync(silo, "zk_sessionless_connections_expired"), 1, int.MaxValue);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Writes_in_flight_are_limited_and_all_are_answered()
    {
        const int Limit = 2, Clients = 3, Writes = 1500;
        await using var silo = await StartAsync("--global-outstanding-limit", $"{Limit}");
        var clients = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint)));
        var writing = Task.WhenAll(clients.SelectMany(static client =>
            Enumerable.Range(0, Writes).Select(_ => client.SetDataAsync("/", [1]))));
        while (!writing.IsCompleted)
            Assert.InRange(await ReadAsync(silo, "zk_outstanding_requests"), 0, Limit * Clients);
        Assert.All(await writing, static reply => Assert.True(reply.IsOk));
        foreach (var client in clients)
            await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Sessions_are_opened_no_faster_than_the_throttle_lets_them()
    {
        const int Tokens = 4;
        const int FillTime = 3000;
        await using var silo = await StartAsync(
            "--connection-throttle-tokens", $"{Tokens}", "--connection-throttle-fill-time", $"{FillTime}",
            "--connection-throttle-fill-count", "1");
        var clients = new List<RawZooKeeperClient>();
        var connecting = Stopwatch.StartNew();
        while (await TryConnectAsync(silo) is { } client)
            clients.Add(client);
        // One session or more was opened to see whether the silo is there.
        Assert.InRange(clients.Count, 0, Tokens + (int)(connecting.ElapsedMilliseconds / FillTime));
        await silo.ExpectOutputAsync("too many sessions are opened at a time");
        clients.Add(await ConnectAtLastAsync(silo));
        foreach (var client in clients)
            await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Large_writes_that_there_is_no_room_for_end_their_connection()
    {
        await using var silo = await StartAsync("--large-request-threshold", "1000", "--large-request-max-bytes", "5000");
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        Assert.True((await client.CreateAsync("/large", new byte[4000])).IsOk);
        // What was answered takes no room any more, and small ones take none.
        for (int i = 0; i < 5; i++)
            Assert.True((await client.SetDataAsync("/large", new byte[4000])).IsOk);
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.SetDataAsync("/large", new byte[500]))),
            static reply => Assert.True(reply.IsOk));
        await using var greedy = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await Assert.ThrowsAsync<ConnectionLostException>(() => greedy.SetDataAsync("/large", new byte[6000]));
        Assert.Equal(1, await ReadAsync(silo, "zk_large_requests_rejected"));
        Assert.Equal(500, (await client.GetDataAsync("/large")).Value.Data!.Length);
        await client.CloseSessionAsync();
    }

    private static Task<SiloProcess> StartAsync(params string[] arguments) =>
        SiloProcess.StartAsync(new SiloOptions { Arguments = arguments });

    private static async Task<RawZooKeeperClient?> TryConnectAsync(SiloProcess silo)
    {
        try
        {
            return await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        }
        catch (ConnectionLostException)
        {
            return null;
        }
    }

    private static async Task<RawZooKeeperClient> ConnectAtLastAsync(SiloProcess silo)
    {
        for (int attempt = 0; attempt < 2400; attempt++)
        {
            if (await TryConnectAsync(silo) is { } client)
                return client;
            await Task.Delay(25);
        }

        throw new TimeoutException("no session can be opened any more");
    }

    private static async Task<long> ReadAsync(SiloProcess silo, string key)
    {
        string text = await FourLetterWord.AskAsync(silo.ClientEndPoint, "mntr", RunningSilo.Soon);
        return long.Parse(Regex.Match(text, $@"\n{key}\t(\d+)\n").Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
