using Coordination.Engine;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Sets watches anew after a reconnect: setWatches and setWatches2.</summary>
internal static class SetWatchesRequest
{
    private const int LeastPathLength = 4;

    /// <summary>Carries the request out; what was missed is told before this returns.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    public static void CarryOut(OperationCode operation, ref JuteReader record, CoordinationState state, Watcher watcher)
    {
        long relativeZxid = record.ReadLong();
        Renew(ref record, RenewedWatch.Data, relativeZxid, state, watcher);
        Renew(ref record, RenewedWatch.Exists, relativeZxid, state, watcher);
        Renew(ref record, RenewedWatch.Children, relativeZxid, state, watcher);
        if (operation == OperationCode.SetWatches)
            return;
        Renew(ref record, RenewedWatch.Persistent, relativeZxid, state, watcher);
        Renew(ref record, RenewedWatch.Recursive, relativeZxid, state, watcher);
    }

    private static void Renew(
        ref JuteReader record, RenewedWatch kind, long relativeZxid, CoordinationState state, Watcher watcher)
    {
        for (int left = record.ReadCount(LeastPathLength); left > 0; left--)
            state.Watches.Renew(state.Tree, watcher, relativeZxid, kind, record.ReadUtf8());
    }
}
