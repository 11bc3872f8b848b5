using System.Diagnostics;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>A silo that is told to stop has nobody to take its leave from where the database is gone, and does not wait for it.</summary>
public sealed class StoppingTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_refused = TimeSpan.FromSeconds(5);
    // Fifteen more, for what is in flight may still come to stand.
    private static readonly TimeSpan s_unanswered = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(4);

    [Fact]
    public Task A_silo_stops_while_the_database_does_not_run() => StopsAsync(s_refused, database => database.KillAsync());

    [Fact]
    public Task A_silo_stops_while_the_database_is_held() => StopsAsync(s_unanswered, database =>
    {
        database.Pause();
        return Task.CompletedTask;
    });

    private Task StopsAsync(TimeSpan within, Func<PostgresServer, Task> end) => FaultRounds.RunAsync(async () =>
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = TimeSpan.FromSeconds(20) });
        await end(cluster.Database);
        long told = Stopwatch.GetTimestamp();
        int[] exitCodes = await Task.WhenAll(cluster.Silos.Select(silo => silo.TerminateAsync(within + s_slack)));
        output.WriteLine($"stopped after {Stopwatch.GetElapsedTime(told).TotalSeconds:0.0} s");
        Assert.All(exitCodes, exitCode => Assert.Equal(0, exitCode));
    });
}
