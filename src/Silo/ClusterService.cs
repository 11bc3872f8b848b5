using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;

namespace Coordination.Silo;

/// <summary>What a silo does for being one of several, or the only one.</summary>
internal sealed class ClusterService(IServiceProvider services, Replica replica, SessionTracker tracker)
{
    private static readonly TimeSpan _longestFarewell = TimeSpan.FromSeconds(2);

    /// <summary>The only silo answers from its start for whoever had a session before; each client gets its full timeout.
    /// One of several answers for a session once it is known that no other does.</summary>
    public void AdoptSessions()
    {
        if (services.GetService<SiloLiveness>() is not null)
            return;
        foreach (var session in replica.State.Sessions.Values)
            tracker.Adopt(session);
    }

    /// <summary>Follows the log and the other silos until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var keeper = services.GetRequiredService<FormatLevelKeeper>();
        var publisher = services.GetRequiredService<ExtensionsPublisher>();
        // Whichever ends in error ends the silo, which cannot wait for the others.
        if (services.GetService<SiloLiveness>() is not { } liveness)
            return Task.WhenAny(keeper.RunAsync(cancellationToken), publisher.RunAsync(cancellationToken)).Unwrap();
        return Task.WhenAny(
            liveness.RunAsync(cancellationToken),
            services.GetRequiredService<LeaseGuard>().RunAsync(cancellationToken),
            services.GetRequiredService<EnsemblePublisher>().RunAsync(cancellationToken),
            keeper.RunAsync(cancellationToken),
            publisher.RunAsync(cancellationToken),
            services.GetRequiredService<LogFollower>().RunAsync(cancellationToken)).Unwrap();
    }

    /// <summary>Serves nobody any more: what is in the log is not what this silo has, or the others have its clients.</summary>
    public void EndService() => tracker.Leave();

    /// <summary>Tells the other silos that this one serves nobody any more, so that they need not wait for its lease.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<SiloLiveness>() is not { } liveness)
            return;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_longestFarewell);
        await liveness.LeaveAsync(timeout.Token);
    }
}
