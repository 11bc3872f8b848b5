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
    [Fact]
    public Task A_single_silo_keeps_all_promises() => HistoryRounds.RunAsync(
        output, async _ => await SingleServer.StartAsync(HistoryRounds.Tick), clients: 6, _ => TimeSpan.FromSeconds(12));

    [Fact]
    public Task A_cluster_keeps_all_promises() => HistoryRounds.RunClustersAsync(
        output, longestFault => ClusterServers.StartAsync(HistoryRounds.Tick, longestFault));

    [Fact]
    public Task A_cluster_that_gets_another_database_keeps_all_promises_but_for_what_that_lacks() => HistoryRounds.RunClustersAsync(
        output, longestFault => ClusterServers.StartForReplacementAsync(HistoryRounds.Tick, longestFault));

    [Fact]
    public Task A_cluster_that_is_upgraded_keeps_all_promises() => HistoryRounds.RunClustersAsync(
        output, longestFault => ClusterServers.StartOlderAsync(HistoryRounds.Tick, longestFault));
}
