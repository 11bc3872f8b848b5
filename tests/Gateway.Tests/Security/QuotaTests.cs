using System.Text;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Security;

/// <summary>Quotas as an operator sets them with ZooKeeper's shell.</summary>
public sealed class QuotaTests
{
    [SiloFact(Timeout = 180_000)]
    public async Task Hard_quota_refuses_and_still_does_after_a_kill()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using (var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint))
        {
            await client.CreateAsync("/tenant", [1, 2]);
            await SetQuotaAsync(client, "/tenant", "count=-1,bytes=-1=;byteHardLimit=6;countHardLimit=3");
            Assert.True((await client.CreateAsync("/tenant/a", [1, 2])).IsOk);
            Assert.Equal(ErrorCode.QuotaExceeded, (await client.SetDataAsync("/tenant/a", [1, 2, 3, 4, 5])).Error);
            var results = (await client.MultiAsync(
                MultiOperation.Create("/tenant/b", null), MultiOperation.Create("/tenant/c", null))).Value;
            Assert.Equal(ErrorCode.QuotaExceeded, results[1].Error);
            Assert.Equal("count=2,bytes=4", await UsageAsync(client, "/tenant"));
        }
        await silo.KillAsync();
        await silo.StartAgainAsync();
        await using var again = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        Assert.Equal("count=2,bytes=4", await UsageAsync(again, "/tenant"));
        Assert.True((await again.CreateAsync("/tenant/b", [1, 2])).IsOk);
        Assert.Equal(ErrorCode.QuotaExceeded, (await again.CreateAsync("/tenant/c", null)).Error);
        Assert.Equal(ErrorCode.QuotaExceeded, (await again.SetDataAsync("/tenant/b", [1, 2, 3])).Error);
        Assert.Equal("count=3,bytes=6", await UsageAsync(again, "/tenant"));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Pipelined_creates_stop_at_the_very_limit()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/tenant", null);
        await SetQuotaAsync(client, "/tenant", "count=-1,bytes=-1=;countHardLimit=101");
        var creates = Enumerable.Range(0, 500)
            .Select(_ => client.CreateAsync("/tenant/n-", null, CreateMode.PersistentSequential)).ToArray();
        var replies = await Task.WhenAll(creates);
        Assert.Equal(100, replies.Count(static reply => reply.IsOk));
        Assert.All(replies.Skip(100), static reply => Assert.Equal(ErrorCode.QuotaExceeded, reply.Error));
        Assert.Equal("count=101,bytes=0", await UsageAsync(client, "/tenant"));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Soft_quota_is_told_to_the_operator_and_not_over_and_over()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/tenant", null);
        await SetQuotaAsync(client, "/tenant", "count=2,bytes=-1");
        var creates = Enumerable.Range(0, 200)
            .Select(_ => client.CreateAsync("/tenant/n-", null, CreateMode.PersistentSequential));
        Assert.All(await Task.WhenAll(creates), static reply => Assert.True(reply.IsOk));
        string[] warnings = [];
        for (int attempt = 0; attempt < 1200 && warnings.Length == 0; attempt++)
        {
            await Task.Delay(50);
            warnings =
            [
                .. silo.Output.Split('\n').Where(
                    static line => line.Contains("Quota exceeded: /tenant", StringComparison.Ordinal)),
            ];
        }
        Assert.InRange(warnings.Length, 1, 5);
        Assert.Contains("soft limit of znodes of 2", warnings[0]);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Quotas_that_are_not_enforced_only_show_what_is_used()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions { Arguments = ["--enforce-quota", "false"] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/tenant", null);
        await SetQuotaAsync(client, "/tenant", "count=-1,bytes=-1=;countHardLimit=1");
        Assert.True((await client.CreateAsync("/tenant/a", [7])).IsOk);
        Assert.Equal("count=2,bytes=1", await UsageAsync(client, "/tenant"));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Containers_and_znodes_with_a_time_to_live_count_and_give_back_when_they_are_swept_up()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--container-check-interval", "100"] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/tenant", null);
        await SetQuotaAsync(client, "/tenant", "count=-1,bytes=-1=;countHardLimit=3");
        Assert.True((await client.CreateContainerAsync("/tenant/c", null)).IsOk);
        Assert.True((await client.CreateTtlAsync("/tenant/t", [1], CreateMode.PersistentWithTtl, 1)).IsOk);
        string usage = await UsageAsync(client, "/tenant");
        for (int attempt = 0; attempt < 1200 && usage != "count=2,bytes=0"; attempt++)
        {
            Assert.Equal("count=3,bytes=1", usage);
            await Task.Delay(50);
            usage = await UsageAsync(client, "/tenant");
        }
        Assert.True((await client.CreateAsync("/tenant/c/child", null)).IsOk);
        Assert.Equal(ErrorCode.QuotaExceeded, (await client.CreateContainerAsync("/tenant/d", null)).Error);
    }

    // What setquota of zkCli sends.
    private static async Task SetQuotaAsync(RawZooKeeperClient client, string path, string limits)
    {
        Assert.True((await client.CreateAsync("/zookeeper/quota" + path, null)).IsOk);
        Assert.True((await client.CreateAsync($"/zookeeper/quota{path}/zookeeper_limits", Encoding.ASCII.GetBytes(limits))).IsOk);
        Assert.True((await client.CreateAsync($"/zookeeper/quota{path}/zookeeper_stats", "count=0,bytes=0"u8.ToArray())).IsOk);
    }

    private static async Task<string> UsageAsync(RawZooKeeperClient client, string path) => Encoding.ASCII.GetString(
        (await client.GetDataAsync($"/zookeeper/quota{path}/zookeeper_stats")).Value.Data!);
}
