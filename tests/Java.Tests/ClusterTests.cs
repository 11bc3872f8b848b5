using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Java.Tests;

/// <summary>What ZooKeeper's client for Java, and Curator, make of several silos.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(150);

    [Fact(Timeout = 600_000)]
    public Task Curator_tracks_the_ensemble() => InRoundsAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(Options(2));
        await RunAsync("EnsembleIsTracked", cluster, line => line switch
        {
            "join" => cluster.AddSiloAsync(),
            "kill the first" => cluster.Silos[0].KillAsync(),
            _ => null,
        });
    });

    [Fact(Timeout = 600_000)]
    public Task Reads_go_on_while_the_database_is_away() => InRoundsAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(Options(1));
        await RunAsync("ReadsGoOn", cluster, line => line switch
        {
            "take the database away" => cluster.Database.KillAsync(),
            "bring the database back" => cluster.Database.StartAgainAsync(),
            _ => null,
        });
    });

    // A machine that stands still for as long as the lease ends silos, as it should.
    private static Task InRoundsAsync(Func<Task> test) => Rounds.OneGoesWellAsync(_ => test(), most: 3);

    // Session timeouts of 10 s have to be allowed.
    private static ClusterOptions Options(int silos) =>
        new() { Silos = silos, TickTime = TimeSpan.FromSeconds(1), Lease = TimeSpan.FromSeconds(2) };

    private async Task RunAsync(string scenario, SiloCluster cluster, Func<string, Task?> obey)
    {
        string written = await JavaPrograms.RunAsync(
            scenario, [cluster.Silos[0].HostAndPort], s_longest,
            async line =>
            {
                if (obey(line) is not { } done)
                    return null;
                await done;
                return "done";
            });
        output.WriteLine(written);
        Assert.Contains("holds\n", written);
    }
}
