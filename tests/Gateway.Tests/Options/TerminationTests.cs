using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Options;

/// <summary>SIGTERM, with clients of every sort connected.</summary>
/// <remarks>A machine that is busy may hold up a process that ends, but hardly each time.</remarks>
public sealed class TerminationTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3);

    [SiloFact(Timeout = 180_000)]
    public Task Idle_clients_do_not_hold_it_up() => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var silo = await SiloProcess.StartAsync();
        var clients = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint)));
        foreach (var client in clients)
            await client.ExistsAsync("/", watch: true);
        await ExpectTimelyEndAsync(silo);
        foreach (var client in clients)
        {
            await client.Ended.WaitAsync(RunningSilo.Soon);
            await client.DisposeAsync();
        }
    });

    [SiloFact(Timeout = 180_000)]
    public Task Connections_that_have_sent_nothing_do_not_hold_it_up() => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var silo = await SiloProcess.StartAsync();
        using var silent = await WireConnection.OpenAsync(silo.ClientEndPoint);
        using var beginning = await WireConnection.OpenAsync(silo.ClientEndPoint);
        await beginning.SendAsync(Frames.Connect()[..10]);
        await Task.Delay(200);
        await ExpectTimelyEndAsync(silo);
    });

    [SiloFact(Timeout = 180_000)]
    public Task Clients_that_do_not_read_do_not_hold_it_up_for_long() => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var silo = await SiloProcess.StartAsync();
        await using (var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint))
        {
            await client.CreateAsync("/large", new byte[500_000]);
            await client.CloseSessionAsync();
        }

        using var deaf = await WireConnection.OpenAsync(silo.ClientEndPoint);
        await deaf.SendAsync(Frames.Connect());
        byte[] reads = [.. Enumerable.Range(1, 1000).SelectMany(static xid => Frames.GetData(xid, "/large"))];
        await deaf.SendAsMuchAsGoesAsync(reads, reads.Length, TimeSpan.FromSeconds(1));
        // It is given some time to read what waits for it.
        await ExpectTimelyEndAsync(silo, TimeSpan.FromSeconds(8));
    });

    [SiloFact(Timeout = 180_000)]
    public Task Busy_clients_do_not_hold_it_up_and_keep_what_was_acknowledged() => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/busy", null);
        int acknowledged = 0;
        var writing = Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                while ((await client.CreateAsync("/busy/n-", null, CreateMode.PersistentSequential)).IsOk)
                    Interlocked.Increment(ref acknowledged);
            }
            catch (ConnectionLostException)
            {
                // The end that the test waits for.
            }
        }));
        await Task.Delay(500);
        await ExpectTimelyEndAsync(silo);
        await writing.WaitAsync(RunningSilo.Soon);
        Assert.True(acknowledged > 0);

        await silo.StartAgainAsync();
        await using var again = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        int found = (await again.ExistsAsync("/busy")).Value.NumChildren;
        BrokenPromiseException.ThrowUnless(found >= acknowledged, $"{acknowledged} were acknowledged, {found} are there");
        await again.CloseSessionAsync();
    });

    [SiloFact(Timeout = 180_000)]
    public async Task A_silo_that_is_still_starting_ends_as_well()
    {
        // A database that takes the connection and says nothing more: there is no host yet.
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        await using var command = SiloCommand.Start(
            [
                "--client-port", $"{FreePort.Take()}", "--http-port", "0",
                "--silo-port", $"{FreePort.Take()}", "--gateway-port", $"{FreePort.Take()}",
                "--database", $"Host=127.0.0.1;Port={((IPEndPoint)database.LocalEndpoint).Port};Username=nobody;Timeout=300",
            ]);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var connection = await database.AcceptTcpClientAsync(timeout.Token);
        // Once it has asked for what it wants, it has made up its mind about Kerberos, whose library a process cannot end in.
        await connection.GetStream().ReadExactlyAsync(new byte[4], timeout.Token);
        Assert.DoesNotContain("libgssapi", await File.ReadAllTextAsync($"/proc/{command.ProcessId}/maps", timeout.Token));
        command.Terminate();
        var (exitCode, output, error) = await command.WaitAsync();
        Assert.Equal("", error);
        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    private static async Task ExpectTimelyEndAsync(SiloProcess silo, TimeSpan? within = null)
    {
        var stopping = Stopwatch.StartNew();
        int exitCode = await silo.TerminateAsync(TimeSpan.FromSeconds(30));
        Assert.True(exitCode == 0, $"the exit code is {exitCode}:\n{silo.Output}");
        Assert.True(
            stopping.Elapsed < (within ?? s_longest), $"it took {stopping.Elapsed.TotalSeconds:0.0} s:\n{silo.Output}");
        Assert.Empty(silo.StandardError);
    }
}
