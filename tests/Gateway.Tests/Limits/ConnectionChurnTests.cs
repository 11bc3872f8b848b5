using System.Globalization;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Connections that come and go, in whatever way and at whatever moment.</summary>
public sealed class ConnectionChurnTests(LimitSilo silo) : IClassFixture<LimitSilo>
{
    [Fact(Timeout = 180_000)]
    public async Task Connections_that_are_gone_leave_nothing_behind()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/churn", null);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() => ChurnAsync(new Random(number)))));
        for (int attempt = 0; ; attempt++)
        {
            string text = await FourLetterWord.AskAsync(silo.EndPoint, "mntr", RunningSilo.Soon);
            // This session's, and the one that asks.
            if (Read(text, "zk_watch_count") == 0 && Read(text, "zk_num_alive_connections") == 2
                && Read(text, "zk_outstanding_requests") == 0)
            {
                break;
            }

            Assert.True(attempt < 2400, text);
            await Task.Delay(25);
        }

        Assert.True((await client.ExistsAsync("/")).IsOk);
        await client.CloseSessionAsync();
    }

    private async Task ChurnAsync(Random random)
    {
        for (int round = 0; round < 100; round++)
        {
            using var wire = await silo.OpenWireAsync();
            await wire.SendAsync(Frames.Connect());
            if (random.Next(4) != 0)
                await wire.ReadFrameAsync();
            await wire.SendAsync(
                Frames.SetData(1, "/churn", null),
                Frames.GetData(2, "/churn", watch: true),
                Frames.Exists(3, $"/churn/none-{random.Next()}", watch: true),
                Frames.SetData(4, "/churn", null),
                Frames.Exists(5, $"/churn/none-{random.Next()}", watch: true),
                // Waits for the writes, and so does the connection's end; without it, both are under way at once.
                random.Next(2) == 0 ? Frames.GetChildren(6, "/churn", watch: true) : []);
            if (random.Next(3) == 0)
                await wire.ReadReplyAsync();
            switch (random.Next(3))
            {
                case 0:
                    wire.Reset();
                    break;
                case 1:
                    wire.EndSending();
                    break;
            }
        }
    }

    private static long Read(string text, string key) => long.Parse(
        text.Split('\n').Single(line => line.StartsWith($"{key}\t", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);
}
