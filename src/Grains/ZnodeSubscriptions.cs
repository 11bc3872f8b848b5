using Coordination.Engine.Watches;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Protocol;
using Microsoft.Extensions.Logging;
using Orleans.Utilities;

namespace Coordination.Grains;

/// <summary>Those who observe a znode in one way, and the watch that serves them all.</summary>
/// <remarks>Used in turns of its grain only.</remarks>
/// <param name="kind">What they hear of.</param>
/// <param name="replica">Where it is watched.</param>
/// <param name="logger">Hears of observers that are gone.</param>
internal sealed class ZnodeSubscriptions(WatchKind kind, Replica replica, ILogger logger)
{
    private readonly ObserverManager<IZnodeObserver, ZnodeSubscription> _subscriptions = new(Life, logger);
    private ZnodeWatcher? _watcher;

    /// <summary>How long a subscription lasts that is not renewed.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Adds or renews a subscription; the caller holds the replica's lock.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="observer">Who subscribes.</param>
    /// <param name="identities">Whom it has authenticated as.</param>
    /// <param name="turns">Where its grain's turns are run.</param>
    /// <returns>The zxid that the subscription starts behind.</returns>
    public long Subscribe(byte[] path, IZnodeObserver observer, Identity[] identities, TaskScheduler turns)
    {
        _subscriptions.ClearExpired();
        if (_watcher is null)
        {
            _watcher = new ZnodeWatcher(replica, kind, path, events => Publish(events, turns));
            _watcher.Start();
        }
        // One that is renewed goes on where it is: what it has not heard yet is older than now.
        if (!_subscriptions.Observers.TryGetValue(observer, out var subscription) || subscription.HasFailed)
            subscription = new ZnodeSubscription(observer, replica.State.LastZxid);
        subscription.Identities = identities;
        _subscriptions.Subscribe(observer, subscription);
        return subscription.Start;
    }

    /// <summary>Ends a subscription, if there is one.</summary>
    public void Unsubscribe(IZnodeObserver observer)
    {
        _subscriptions.Unsubscribe(observer);
        if (_subscriptions.Count == 0)
            StopWatching();
    }

    /// <summary>Tells nobody any more.</summary>
    public void StopWatching()
    {
        _watcher?.Stop();
        _watcher = null;
    }

    // Events come from the thread that applies; observers are told on a turn of the grain.
    private void Publish(IReadOnlyList<(ZnodeEvent Event, Acl[] Acl)> events, TaskScheduler turns) =>
        Task.Factory.StartNew(
            () =>
            {
                foreach (var (znodeEvent, acl) in events)
                    _subscriptions.Notify(subscription => subscription.Send(znodeEvent, acl));
                if (_subscriptions.Count == 0)
                    StopWatching();
            },
            CancellationToken.None, TaskCreationOptions.None, turns);
}
