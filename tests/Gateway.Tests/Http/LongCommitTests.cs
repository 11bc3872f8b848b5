using System.Globalization;
using System.Text.Json;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Http;

/// <summary>Batches that take longer to become durable than the operator wants to be silent about.</summary>
public sealed class LongCommitTests
{
    [SiloFact(Timeout = 180_000)]
    public async Task Commit_that_takes_longer_than_the_threshold_is_warned_of_and_counted()
    {
        int httpPort = FreePort.Take();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = RunningSilo.Soon };
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            // None takes no time at all.
            Arguments = ["--fsync-warning-threshold", "0", "--http-port", httpPort.ToString(CultureInfo.InvariantCulture)],
        });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        Assert.True((await client.CreateAsync("/slow", null)).IsOk);
        await silo.ExpectOutputAsync("ms to become durable");
        using var answer = JsonDocument.Parse(await http.GetStringAsync("/commands/server_stats"));
        var stats = answer.RootElement.GetProperty("server_stats");
        Assert.True(stats.GetProperty("fsync_threshold_exceed_count").GetInt64() > 0);
        await client.CloseSessionAsync();
        Assert.Equal(0, await silo.TerminateAsync(RunningSilo.Soon));
    }
}
