using Coordination.History.Tests.Faults;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.History.Tests.Packages;

/// <summary>Silos that talk to each other are cut off from each other, too.</summary>
public sealed class SiloNetworkTests(ITestOutputHelper output)
{
    [NetworkFact]
    public Task A_cluster_whose_silos_lose_each_other_keeps_all_promises() => HistoryRounds.RunClustersAsync(
        output, longestFault => ClusterServers.StartApartAsync(HistoryRounds.Tick, longestFault));
}
