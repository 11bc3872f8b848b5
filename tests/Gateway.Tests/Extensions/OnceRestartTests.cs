using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>Answers to numbered writes, after the silo was killed.</summary>
public sealed partial class OnceRestartTests
{
    private const int Writes = 40;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [SiloFact(Timeout = 180_000)]
    public async Task They_are_known_after_a_kill_from_the_log_and_from_the_checkpoint()
    {
        int port = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            Arguments = ["--http-port", port.ToString(CultureInfo.InvariantCulture)],
        });
        var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        await client.CreateAsync("/killed", null);
        var first = new List<CreatedZnode>();
        for (int i = 1; i <= Writes; i++)
            first.Add((await client.CreateOnceAsync(i, 1, "/killed/s-", [1], CreateMode.PersistentSequential)).Value);
        Assert.Equal(ErrorCode.NoNode, (await client.SetDataOnceAsync(Writes + 1, 1, "/missing", null)).Error);
        var last = (await client.SetDataOnceAsync(Writes + 2, 1, "/killed", null)).Value;
        // Nobody is to find these answers by doing it again.
        await client.SetDataAsync(first[0].Path, [2]);

        client = await KillAsync(silo, client);
        await AskAgainAsync(client, first, last);
        await CheckpointAsync(silo, client, port);
        client = await KillAsync(silo, client);
        await AskAgainAsync(client, first, last);
        Assert.True((await client.SetDataOnceAsync(Writes + 3, Writes + 2, "/killed", null)).IsOk);
        Assert.Equal(ExtensionFrames.HistoryLost, (await client.CreateOnceAsync(1, 1, "/killed/s-", [1])).Error);
        await CheckpointAsync(silo, client, port);
        client = await KillAsync(silo, client);
        Assert.Equal(ExtensionFrames.HistoryLost, (await client.CreateOnceAsync(1, 1, "/killed/s-", [1])).Error);
        Assert.Equal(last, (await client.SetDataOnceAsync(Writes + 2, 1, "/killed", null)).Value);
        Assert.Equal(Writes, (await client.GetChildrenAsync("/killed")).Value.Count);
        await client.CloseSessionAsync();
        await client.DisposeAsync();
    }

    private static async Task AskAgainAsync(RawZooKeeperClient client, List<CreatedZnode> first, Stat last)
    {
        for (int i = 1; i <= Writes; i++)
            Assert.Equal(first[i - 1], (await client.CreateOnceAsync(i, 1, "/killed/s-", [1], CreateMode.PersistentSequential)).Value);
        Assert.Equal(last, (await client.SetDataOnceAsync(Writes + 2, 1, "/killed", null)).Value);
        Assert.Equal(ExtensionFrames.WasRefused, (await client.SetDataOnceAsync(Writes + 1, 1, "/missing", null)).Error);
    }

    private static async Task<RawZooKeeperClient> KillAsync(SiloProcess silo, RawZooKeeperClient client)
    {
        await silo.KillAsync();
        await silo.StartAgainAsync();
        var again = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint, new ConnectParameters
        {
            SessionId = client.SessionId,
            Password = client.Password,
            LastZxidSeen = client.LastZxidSeen,
        });
        again.KeepAlive(TimeSpan.FromSeconds(1));
        await client.DisposeAsync();
        return again;
    }

    // More than the checkpoint may be behind; what is behind it then are some of these.
    private static async Task CheckpointAsync(SiloProcess silo, RawZooKeeperClient client, int port)
    {
        byte[] data = new byte[1_000_000];
        for (int i = 0; i < Writes; i++)
            Assert.True((await client.SetDataAsync("/killed", data)).IsOk);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        long began = Stopwatch.GetTimestamp();
        while (int.Parse(LagLine().Match(await http.GetStringAsync("/metrics")).Groups[1].Value, CultureInfo.InvariantCulture) >= Writes)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, silo.Output);
            await Task.Delay(50);
        }
    }

    [GeneratedRegex(@"^checkpoint_lag_rows (\d+)", RegexOptions.Multiline)]
    private static partial Regex LagLine();
}
