using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Storage;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Utilities;

namespace Coordination.Grains;

/// <inheritdoc cref="ILogGrain"/>
public sealed class LogGrain(ILog log, Replica replica, ILogger<LogGrain> logger) : Grain, ILogGrain
{
    private const int MostRowsWaiting = 1024;

    private static readonly TimeSpan _subscriptionLife = TimeSpan.FromMinutes(5);

    private readonly ObserverManager<ICommittedRowObserver, ObserverFeed<CommittedRow>> _replicas =
        new(_subscriptionLife, logger);
    private TaskScheduler _turns = TaskScheduler.Default;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _turns = TaskScheduler.Current;
        replica.RowApplied += Publish;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        replica.RowApplied -= Publish;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LogPosition> ReadTailAsync()
    {
        var tail = await log.ReadTailAsync(CancellationToken.None);
        return new LogPosition(tail.Position, tail.LastZxid);
    }

    /// <inheritdoc/>
    public Task SubscribeAsync(ICommittedRowObserver replica)
    {
        _replicas.ClearExpired();
        if (!_replicas.Observers.TryGetValue(replica, out var feed) || feed.HasFailed)
            feed = new ObserverFeed<CommittedRow>(replica.CommittedAsync, MostRowsWaiting);
        _replicas.Subscribe(replica, feed);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task UnsubscribeAsync(ICommittedRowObserver replica)
    {
        _replicas.Unsubscribe(replica);
        return Task.CompletedTask;
    }

    // On the thread that commits: what it hands on must be a copy, and sent on a turn of this grain.
    private void Publish(LogRow row)
    {
        if (_replicas.Count == 0)
            return;
        var committed = new CommittedRow(row.Position, row.FirstZxid, row.LastZxid, row.Body.ToArray());
        Task.Factory.StartNew(
            () => _replicas.Notify(feed => feed.Send(committed)),
            CancellationToken.None, TaskCreationOptions.None, _turns);
    }
}
