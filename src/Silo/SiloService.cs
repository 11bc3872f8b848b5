using Coordination.Gateway.Serving;
using Coordination.Grains.Checkpoints;
using Coordination.Grains.Cluster;
using Coordination.Grains.Memory;
using Coordination.Grains.Sessions;
using Coordination.Grains.Sweeping;
using Coordination.Grains.Writing;
using Coordination.Storage;
using Microsoft.Extensions.Options;

namespace Coordination.Silo;

/// <summary>Starts and stops what moves a silo: commits, expiry, the checkpoint, the sweeps, the memory monitor.</summary>
/// <remarks>Stopped after the connections: what they still had in flight is carried out first.</remarks>
internal sealed partial class SiloService(
    CommitLoop commits, SessionExpiry expiry, Checkpointer checkpointer, Sweeper sweeper, MemoryMonitor memory,
    ClusterService cluster, ServingWatch serving, IHostApplicationLifetime lifetime, IOptions<HostOptions> host,
    ILogger<SiloService> logger) : IHostedService
{
    private static readonly TimeSpan _timeToFail = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private int _exitCode;

    /// <summary>0, or 1 where the silo had to stop itself.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cluster.AdoptSessions();
        commits.Start();
        _running = Task.WhenAll(
            StopOnFailureAsync(commits.Completion),
            StopOnFailureAsync(Task.Run(() => cluster.RunAsync(_stopping.Token), CancellationToken.None)),
            StopOnFailureAsync(Task.Run(() => serving.RunAsync(_stopping.Token), CancellationToken.None)),
            StopOnFailureAsync(Task.Run(() => expiry.RunAsync(_stopping.Token), CancellationToken.None)),
            StopOnFailureAsync(Task.Run(() => checkpointer.RunAsync(_stopping.Token), CancellationToken.None)),
            StopOnFailureAsync(Task.Run(() => sweeper.RunAsync(_stopping.Token), CancellationToken.None)),
            StopOnFailureAsync(Task.Run(WatchMemoryAsync, CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await commits.StopAsync(cancellationToken);
        // Nobody is connected any more, and nothing is on its way.
        await cluster.LeaveAsync(cancellationToken);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_running.IsCompleted && ExitCode == 0)
            await StopOnFailureAsync(checkpointer.FinishAsync(cancellationToken));
    }

    /// <summary>Ends the process, with 1, because of what has failed.</summary>
    public void Fail(Exception failure)
    {
        if (failure is SiloStrandedException)
            EndAtOnce(failure);
        LogFailed(failure);
        if (failure is LogHistoryChangedException or SiloTakenForDeadException)
            cluster.EndService();
        Volatile.Write(ref _exitCode, 1);
        // Clients wait for answers that will never come: no use in waiting with them.
        host.Value.ShutdownTimeout = _timeToFail;
        lifetime.StopApplication();
    }

    // It serves nobody, and has nobody to take leave of: all that the rest of it could do is to wait for a database that does not
    // answer. The other silos place its grains once it is gone.
    private static void EndAtOnce(Exception failure)
    {
        Console.Error.WriteLine($"coordination: {StartFailure.Line(failure)}");
        Environment.Exit(1);
    }

    // The first lines that an operator sees are those that say what was started.
    private async Task WatchMemoryAsync()
    {
        using var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, _stopping.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await memory.RunAsync(_stopping.Token);
    }

    private async Task StopOnFailureAsync(Task part)
    {
        try
        {
            await part;
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo stops: a part of it failed")]
    private partial void LogFailed(Exception e);
}
