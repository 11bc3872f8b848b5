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
        if (history.Loss is not { } loss)
            return [.. breaches, .. CheckOneLog(history)];
        // Of what a session was shown, a loss takes nothing back.
        breaches.AddRange(Check(history, new SessionsNeverGoBack()));
        breaches.AddRange(Check(history, new WhatIsLostIsNotServed()));
        breaches.AddRange(CheckOneLog(LossSplit.Before(history, loss)).Select(
            breach => breach with { What = $"before the loss: {breach.What}" }));
        breaches.AddRange(CheckOneLog(LossSplit.After(history, loss)));
        return breaches;
    }

    private static IReadOnlyList<Breach> CheckOneLog(RunHistory history)
    {
        var broken = Check(history, new TheLogIsOneHistory()).ToList();
        // What the others replay must be a log at all.
        return broken.Count > 0 ? broken : [.. Promises.SelectMany(promise => Check(history, promise))];
    }

    private static IEnumerable<Breach> Check(RunHistory history, IPromise promise) =>
        promise.Breaches(history).Take(MostOfEach).Select(what => new Breach(promise.GetType().Name, what));
}
