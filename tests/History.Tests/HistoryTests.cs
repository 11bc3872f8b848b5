using System.Diagnostics;
using Coordination.History.Tests.Faults;
using Xunit.Abstractions;

namespace Coordination.History.Tests;

/// <summary>Clients take down what they asked for and what they got, through all kinds of trouble; what they wrote has to
/// agree with the log.</summary>
/// <remarks>COORDINATION_HISTORY_SECONDS says how long each of the tests goes on, run by run; COORDINATION_HISTORY_SEED
/// which seed comes first; COORDINATION_HISTORY_FAULT_SECONDS how long a fault of a cluster may
/// last. A seed repeats the requests and the faults, not what comes of them.</remarks>
public sealed class HistoryTests(ITestOutputHelper output)
{
    // Of the longest, one after the other.
    private const int FaultsPerRun = 4;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);

    [Fact]
    public Task A_single_silo_keeps_all_promises() => RunAsync(
        async _ => await SingleServer.StartAsync(s_tick), clients: 6, _ => TimeSpan.FromSeconds(12));

    [Fact]
    public Task A_cluster_keeps_all_promises() => RunAsync(
        async settings => await ClusterServers.StartAsync(s_tick, settings.LongestFault), clients: 9,
        settings => FaultsPerRun * settings.LongestFault);

    private async Task RunAsync(
        Func<HistorySettings, Task<IServers>> startAsync, int clients, Func<HistorySettings, TimeSpan> runLength)
    {
        var settings = HistorySettings.FromEnvironment();
        var started = Stopwatch.StartNew();
        int seed = settings.FirstSeed;
        do
        {
            await using var servers = await startAsync(settings);
            var run = new HistoryRun(servers, seed, clients, sessionTimeout: 8 * s_tick, longestTimeout: 20 * s_tick);
            var breaches = await run.RunAsync(runLength(settings));
            output.WriteLine(run.Summary());
            if (breaches.Count > 0)
                Assert.Fail($"{string.Join("\n", breaches)}\n\n{string.Join("\n", run.Faults)}\n\n{run.Summary()}");
            seed++;
        }
        while (settings.Duration is { } duration && started.Elapsed < duration);
    }
}
