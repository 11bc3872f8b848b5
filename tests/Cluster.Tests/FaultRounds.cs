using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Runs tests whose sessions and leases are a few seconds, lest they take long.</summary>
internal static class FaultRounds
{
    private const int Most = 3;

    private static readonly TimeSpan s_shortestTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs a test on a new cluster until it goes well.</summary>
    /// <remarks>A machine that stands still for as long as a lease ends silos, and for a timeout sessions, as it should. One that
    /// does not, ends no session: that is a promise, however busy it is.</remarks>
    internal static Task RunAsync(Func<Task> test) => Rounds.OneGoesWellAsync(_ => RunOnceAsync(test), Most);

    private static async Task RunOnceAsync(Func<Task> test)
    {
        long began = MachineWatch.Begin();
        try
        {
            await test();
        }
        catch (SessionExpiredException lost) when (!MachineWatch.MayHaveEndedSession(s_shortestTimeout, began))
        {
            throw new BrokenPromiseException($"a session was lost on a machine that ran: {lost.Message}", lost);
        }
    }
}
