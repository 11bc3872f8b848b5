using System.Diagnostics;
using Coordination.History.Tests.Faults;
using Xunit.Abstractions;

namespace Coordination.History.Tests;

/// <summary>Makes runs for as long as the environment says, each with the next seed.</summary>
internal static class HistoryRounds
{
    // Of the longest, one after the other.
    private const int FaultsPerRun = 4;

    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes runs on clusters.</summary>
    /// <param name="output">Where each is summed up.</param>
    /// <param name="startAsync">Starts a cluster, given how long a fault may last.</param>
    internal static Task RunClustersAsync(ITestOutputHelper output, Func<TimeSpan, Task<ClusterServers>> startAsync) => RunAsync(
        output, async settings => await startAsync(settings.LongestFault), clients: 9,
        settings => FaultsPerRun * settings.LongestFault);

    /// <summary>Makes runs.</summary>
    /// <param name="output">Where each is summed up.</param>
    /// <param name="startAsync">Starts what a run is made on.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="runLength">How long the servers fail.</param>
    internal static async Task RunAsync(
        ITestOutputHelper output, Func<HistorySettings, Task<IServers>> startAsync, int clients,
        Func<HistorySettings, TimeSpan> runLength)
    {
        var settings = HistorySettings.FromEnvironment();
        var started = Stopwatch.StartNew();
        int seed = settings.FirstSeed;
        do
        {
            await using var servers = await startAsync(settings);
            var run = new HistoryRun(servers, seed, clients, sessionTimeout: 8 * Tick, longestTimeout: 20 * Tick);
            var breaches = await run.RunAsync(runLength(settings));
            output.WriteLine(run.Summary());
            if (breaches.Count > 0)
                Assert.Fail($"{string.Join("\n", breaches)}\n\n{string.Join("\n", run.Faults)}\n\n{run.Summary()}");
            seed++;
        }
        while (settings.Duration is { } duration && started.Elapsed < duration);
    }
}
