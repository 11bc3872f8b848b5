using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Differences;

/// <summary>Wanted differences in what is asked of watches.</summary>
internal static class WatchDifferences
{
    /// <summary>
    /// 3.8 does not know the types of addWatch's watches, finds them under the others, and finds those of other
    /// connections too.
    /// </summary>
    public static bool ExcuseTypes(ItemPair pair)
    {
        if (pair.SaysTheSame)
            return false;
        var requests = pair.Step.Parts().OfType<WatchRequest>()
            .Where(request => request.Operation != OperationCode.AddWatch)
            .GroupBy(request => request.ToString()).ToDictionary(group => group.Key, group => group.First());
        bool found = false;
        for (int i = 0; i < Math.Min(pair.Ours.Count, pair.Theirs.Count); i++)
        {
            var ours = pair.Ours[i];
            var theirs = pair.Theirs[i];
            if (ours.Error == theirs.Error || !requests.TryGetValue(ours.Label, out var request) || ours.Label != theirs.Label
                || !IsWanted(request, ours.Error, theirs.Error))
            {
                continue;
            }

            pair.Theirs[i] = ours;
            found = true;
            pair.LeavesDifferentStates |= request.Operation == OperationCode.RemoveWatches && ours.Error != theirs.Error
                && (ours.Error == ErrorCode.Ok || theirs.Error == ErrorCode.Ok);
        }

        return found;
    }

    private static bool IsWanted(WatchRequest request, ErrorCode ours, ErrorCode theirs) =>
        (WatcherType)request.Argument is WatcherType.Persistent or WatcherType.PersistentRecursive
            ? ours is ErrorCode.Ok or ErrorCode.NoWatcher && theirs == ErrorCode.MarshallingError
            : request.Operation == OperationCode.CheckWatches && ours == ErrorCode.NoWatcher && theirs == ErrorCode.Ok;
}
