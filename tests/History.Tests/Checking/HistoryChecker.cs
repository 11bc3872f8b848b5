using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Checking;

/// <summary>Holds a history to all that is promised.</summary>
internal static class HistoryChecker
{
    private const int MostOfEach = 10;

    public static IReadOnlyList<IPromise> Promises { get; } =
    [
        new AcknowledgedWritesStandOnce(),
        new NumberedWritesAreDoneOnce(),
        new NothingStandsUnasked(),
        new RefusedWritesLeaveNothing(),
        new RefusalsAreTrue(),
        new WritesKeepTheRules(),
        new WritesKeepTheOrderOfTime(),
        new WritesKeepTheOrderOfTheirSession(),
        new ReadsShowOneState(),
        new SessionsNeverGoBack(),
        new SyncSeesAllThatWasSeen(),
        new ReadsAreRecent(),
        new SequentialNamesAscend(),
        new EventsComeOnceAndBeforeTheState(),
        new EphemeralsLiveWithTheirSession(),
        new SessionsEndForAReason(),
        new AMovedSessionIsFenced(),
    ];

    /// <summary>Finds all breaches, of each promise the first few.</summary>
    public static IReadOnlyList<Breach> Check(RunHistory history)
    {
        var breaches = new List<Breach>();
        breaches.AddRange(history.Violations.Take(MostOfEach).Select(violation => new Breach("the protocol", violation)));
        Check(new TheLogIsOneHistory());
        // What the others replay must be a log at all.
        if (breaches.All(breach => breach.Promise != nameof(TheLogIsOneHistory)))
        {
            foreach (var promise in Promises)
                Check(promise);
        }
        return breaches;

        void Check(IPromise promise) => breaches.AddRange(
            promise.Breaches(history).Take(MostOfEach).Select(what => new Breach(promise.GetType().Name, what)));
    }
}
