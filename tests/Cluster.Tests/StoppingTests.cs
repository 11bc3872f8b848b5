using System.Diagnostics;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Cluster.Tests;

/// <summary>A silo that is told to stop has nobody to take its leave from where the database is gone, and does not wait for it.</summary>
public sealed class StoppingTests(ITestOutputHelper output)
{
    // It takes some seconds, and fifteen more where what is in flight may still come to stand.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    [Fact]
    public Task A_silo_stops_while_the_database_does_not_run() => StopsAsync(database => database.KillAsync());

    [Fact]
    public Task A_silo_stops_while_the_database_is_held() => StopsAsync(database =>
    {
        database.Pause();
        return Task.CompletedTask;
    });

    private async Task StopsAsync(Func<PostgresServer, Task> end)
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2, Lease = TimeSpan.FromSeconds(20) });
        await end(cluster.Database);
        long told = Stopwatch.GetTimestamp();
        int[] exitCodes = await Task.WhenAll(cluster.Silos.Select(silo => silo.TerminateAsync(s_patience)));
        output.WriteLine($"stopped after {Stopwatch.GetElapsedTime(told).TotalSeconds:0.0} s");
        Assert.All(exitCodes, exitCode => Assert.Equal(0, exitCode));
    }
}
