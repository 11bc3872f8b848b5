using Coordination.Testing;

namespace Coordination.Cluster.Tests;

/// <summary>Runs tests whose sessions and leases are a few seconds, lest they take long.</summary>
internal static class FaultRounds
{
    private const int Most = 3;

    /// <summary>Runs a test on a new cluster until it goes well.</summary>
    /// <remarks>A machine that stands still for as long as a lease ends silos, and for a timeout sessions, as it should.</remarks>
    internal static Task RunAsync(Func<Task> test) => Rounds.OneGoesWellAsync(_ => test(), Most);
}
