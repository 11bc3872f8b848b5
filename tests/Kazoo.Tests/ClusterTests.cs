using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>What a stock client makes of a silo whose database is away.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    [Fact(Timeout = 300_000)]
    public async Task Reads_go_on_while_the_database_is_away()
    {
        var options = new ClusterOptions { Silos = 1 };
        await using var cluster = await SiloCluster.StartAsync(options);
        await using var scenario = await Scenario.StartAsync(
            "cluster", "reads_go_on", cluster.Silos[0].HostAndPort, options.TickTime);
        while (await scenario.NextLineAsync() is { } line)
        {
            switch (line)
            {
                case "take the database away":
                    await cluster.Database.KillAsync();
                    await scenario.TellAsync("done");
                    break;
                case "bring the database back":
                    await cluster.Database.StartAgainAsync();
                    await scenario.TellAsync("done");
                    break;
            }
        }

        output.WriteLine(await scenario.FinishAsync());
    }
}
