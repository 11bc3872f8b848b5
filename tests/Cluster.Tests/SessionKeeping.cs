using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Sessions whose clients do what it takes to keep them.</summary>
internal static class SessionKeeping
{
    /// <summary>Throws unless a session has its ephemeral.</summary>
    /// <param name="witness">Another client, which looks.</param>
    /// <param name="path">The ephemeral.</param>
    /// <param name="session">The session's client.</param>
    /// <param name="timeout">The session's timeout.</param>
    /// <param name="since">When it began: a machine that stood still for long enough since then may have ended it.</param>
    /// <exception cref="BrokenPromiseException">It has not, on a machine that ran.</exception>
    internal static async Task ThrowUnlessKeptAsync(
        RawZooKeeperClient witness, string path, RawZooKeeperClient session, TimeSpan timeout, long since)
    {
        var held = await witness.ExistsAsync(path);
        bool isKept = held.IsOk && held.Value.EphemeralOwner == session.SessionId;
        if (!isKept && MachineWatch.MayHaveEndedSession(timeout, since))
            Assert.Fail($"{path} is gone, after the machine stood still for {MachineWatch.LongestStandstill(since)}");
        BrokenPromiseException.ThrowUnless(isKept, $"{path} has gone with its session, which its client kept");
    }
}
