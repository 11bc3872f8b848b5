using Coordination.Differential.Tests.Comparing;
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
                || !IsWanted(pair, request, ours.Error, theirs.Error))
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

    /// <summary>3.8 keeps one kind of watch for each path and connection, that which was set last.</summary>
    public static bool ExcuseTwoKinds(ItemPair pair)
    {
        if (pair.SaysTheSame)
            return false;
        var ours = pair.Ours.FindAll(item => !RestsOnTwoKinds(item, pair));
        var theirs = pair.Theirs.FindAll(item => !RestsOnTwoKinds(item, pair));
        if (ours.Count != theirs.Count || !ours.Zip(theirs).All(both => both.First.Says(both.Second)))
            return false;
        pair.LeavesDifferentStates = true;
        return true;
    }

    private static bool RestsOnTwoKinds(Item item, ItemPair pair)
    {
        if (item.Kind == ItemKind.Event)
            return pair.History.MayBeWatchedInTwoWays(pair.Session, item.Path);
        return pair.Step.Parts().OfType<WatchRequest>().Any(request =>
            request.ToString() == item.Label && request.Operation != OperationCode.AddWatch
            && pair.History.MayBeWatchedInTwoWays(pair.Session, request.Path));
    }

    private static bool IsWanted(ItemPair pair, WatchRequest request, ErrorCode ours, ErrorCode theirs) =>
        (WatcherType)request.Argument switch
        {
            WatcherType.Persistent or WatcherType.PersistentRecursive =>
                ours is ErrorCode.Ok or ErrorCode.NoWatcher && theirs == ErrorCode.MarshallingError,
            WatcherType.Children or WatcherType.Data when request.Operation == OperationCode.RemoveWatches =>
                ours == ErrorCode.NoWatcher && theirs == ErrorCode.Ok
                && pair.History.MayHaveLastingWatch(pair.Session, request.Path),
            _ => request.Operation == OperationCode.CheckWatches && ours == ErrorCode.NoWatcher && theirs == ErrorCode.Ok,
        };
}
