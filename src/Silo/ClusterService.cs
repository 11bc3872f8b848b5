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
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Task> parts =
        [
            services.GetRequiredService<FormatLevelKeeper>().RunAsync(cancellationToken),
            services.GetRequiredService<ExtensionsPublisher>().RunAsync(cancellationToken),
        ];
        if (services.GetService<SiloLiveness>() is { } liveness)
        {
            parts.Add(liveness.RunAsync(cancellationToken));
            parts.Add(services.GetRequiredService<LeaseGuard>().RunAsync(cancellationToken));
            parts.Add(services.GetRequiredService<EnsemblePublisher>().RunAsync(cancellationToken));
            parts.Add(services.GetRequiredService<LogFollower>().RunAsync(cancellationToken));
        }
        if (services.GetService<StrandingWatch>() is { } stranding)
            parts.Add(stranding.RunAsync(cancellationToken));
        // Whichever fails ends the silo, which cannot wait for the others; nor can it do without one that just ends.
        await await Task.WhenAny(parts);
        if (!cancellationToken.IsCancellationRequested)
            throw new InvalidOperationException("what follows the log, or the other silos, has ended by itself");
        await Task.WhenAll(parts);
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
