using System.Diagnostics;
using System.Globalization;
using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Http;

/// <summary>A silo over its hard limit of memory: the tree may shrink and not grow.</summary>
public sealed class MemoryLimitTests
{
    [SiloFact(Timeout = 180_000)]
    public async Task Over_the_hard_limit_what_grows_is_refused_and_what_shrinks_goes_through()
    {
        using var folder = new TemporaryDirectory();
        await using (var roomy = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = folder.Path }))
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(roomy.ClientEndPoint);
            foreach (string path in (string[])["/old", "/old/deleted", "/old/in-multi"])
                await client.CreateAsync(path, new byte[100]);
            await client.CloseSessionAsync();
            Assert.Equal(0, await roomy.TerminateAsync(RunningSilo.Soon));
        }

        int httpPort = FreePort.Take();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = RunningSilo.Soon };
        await using var full = await SiloProcess.StartAsync(new SiloOptions
        {
            DataDirectory = folder.Path,
            // No process is that small.
            Arguments =
            [
                "--memory-hard-limit", "1", "--http-port", httpPort.ToString(CultureInfo.InvariantCulture),
            ],
        });
        await WaitUntilDegradedAsync(http);
        Assert.Equal("live\n", await http.GetStringAsync("/healthz/live"));

        // Sessions come and go: what is there has to be cleared up by somebody.
        await using var session = await RawZooKeeperClient.ConnectAsync(full.ClientEndPoint);
        Assert.Equal(ErrorCode.QuotaExceeded, (await session.CreateAsync("/new", null)).Error);
        Assert.Equal(ErrorCode.QuotaExceeded, (await session.Create2Async("/new", null, CreateMode.Ephemeral)).Error);
        Assert.Equal(ErrorCode.QuotaExceeded, (await session.SetDataAsync("/old", new byte[101])).Error);
        Assert.True((await session.SetDataAsync("/old", new byte[100])).IsOk);
        Assert.True((await session.SetDataAsync("/old", new byte[50])).IsOk);
        Assert.Equal(ErrorCode.QuotaExceeded, (await session.SetDataAsync("/old", new byte[51])).Error);
        Assert.True((await session.SetDataAsync("/old", null)).IsOk);
        Assert.True((await session.SetAclAsync("/old", AclEntry.OpenUnsafe)).IsOk);
        Assert.True((await session.DeleteAsync("/old/deleted")).IsOk);

        // What is wrong with a request besides comes first where ZooKeeper has it first.
        Assert.Equal(ErrorCode.NodeExists, (await session.CreateAsync("/old", null)).Error);
        Assert.Equal(ErrorCode.NoNode, (await session.CreateAsync("/none/child", null)).Error);

        var growing = (await session.MultiAsync(
            MultiOperation.Delete("/old/in-multi"), MultiOperation.Create("/new", null))).Value;
        Assert.Equal([ErrorCode.Ok, ErrorCode.QuotaExceeded], growing.Select(static result => result.Error));
        var shrinking = (await session.MultiAsync(
            MultiOperation.Check("/old", -1), MultiOperation.Delete("/old/in-multi"))).Value;
        Assert.All(shrinking, static result => Assert.Equal(ErrorCode.Ok, result.Error));
        Assert.Empty((await session.GetChildrenAsync("/old")).Value);
        Assert.Equal(3, (await session.ExistsAsync("/old")).Value.Version);
        await session.CloseSessionAsync();
        await full.ExpectOutputAsync("over the hard limit of 1 MB");
        Assert.Equal(0, await full.TerminateAsync(RunningSilo.Soon));
    }

    [SiloFact(Timeout = 300_000)]
    public async Task What_lives_is_counted_and_growth_is_taken_again_once_enough_is_deleted()
    {
        byte[] data = new byte[100_000];
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--memory-soft-limit", "160", "--memory-hard-limit", "220"] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        int count = 0;
        while ((await client.CreateAsync($"/n{count}", data)).Error is var error && error != ErrorCode.QuotaExceeded)
        {
            Assert.Equal(ErrorCode.Ok, error);
            Assert.True(++count < 10_000, "the tree grows without bounds");
        }

        // A tenth of this would fill it, if what is read or written in vain counted.
        for (int i = 0; i < 5_000; i++)
        {
            Assert.True((await client.GetDataAsync($"/n{i % count}")).IsOk);
            if (i % 10 == 0)
                Assert.Equal(ErrorCode.QuotaExceeded, (await client.CreateAsync($"/n{count}", data)).Error);
        }

        for (int i = 0; i < count * 2 / 3; i++)
            Assert.True((await client.DeleteAsync($"/n{i}")).IsOk);
        for (var waited = Stopwatch.StartNew(); (await client.CreateAsync("/again", data)).Error != ErrorCode.Ok;)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), $"what grows is still refused:\n{silo.Output}");
            await Task.Delay(25);
        }

        await silo.ExpectOutputAsync("are taken again");
        string output = silo.Output;
        Assert.Equal(2, output.Split("over the hard limit of 220 MB").Length);
        Assert.Equal(2, output.Split("are taken again").Length);
        Assert.Equal(2, output.Split("over the soft limit of 160 MB").Length);
        await client.CloseSessionAsync();
    }

    private static async Task WaitUntilDegradedAsync(HttpClient http)
    {
        for (int attempt = 0; ; attempt++)
        {
            // Ready in any case: whoever has the clients sent elsewhere keeps away those that would delete something.
            using var response = await http.GetAsync("/healthz/ready");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            if ((await response.Content.ReadAsStringAsync()).StartsWith("degraded: memory", StringComparison.Ordinal))
                return;
            Assert.True(attempt < 2400, "a silo over its hard limit does not say so");
            await Task.Delay(25);
        }
    }
}
