using System.Collections.Concurrent;
using System.Text.Json;
using Coordination.Client;
using Coordination.Client.Hosting;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Working;

/// <summary>Takes runs from the queue and works on them, each under the fair lock of its job: the runs of a job do not
/// overlap, and every one has a token above those before it.</summary>
internal sealed partial class Worker(
    ICoordinationClient client, DistributedLockFactory locks, AttemptRunner attempts, IOptions<SchedulerOptions> options,
    TimeProvider time, ILogger<Worker> logger) : BackgroundService
{
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(200);

    private readonly DistributedQueue _queue = new(client, SchedulerPaths.Queue, SchedulerPaths.Claims);
    private readonly ConcurrentDictionary<ScheduledRun, int> _running = new();

    /// <summary>What is worked on now.</summary>
    public IReadOnlyList<string> Running => [.. _running.Keys.Select(static run => run.ToString()).Order(StringComparer.Ordinal)];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Slots).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var item = await _queue.TakeAsync(stoppingToken);
                await WorkOnAsync(item, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (
                exception is CoordinationException or OperationCanceledException or ResultsUnavailableException or FormatException)
            {
                // The element is back in the queue, or goes back with the session.
                LogLost(logger, exception.Message);
                await Task.Delay(_rest, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WorkOnAsync(QueueItem item, CancellationToken stoppingToken)
    {
        if (TryRead(item) is not { } run)
        {
            await item.CompleteAsync(stoppingToken);
            return;
        }
        _running.TryAdd(run, 0);
        try
        {
            using var claimed = CancellationTokenSource.CreateLinkedTokenSource(item.LostToken, stoppingToken);
            await using var held = await locks.Get(run.Job, options.Value.Node).AcquireAsync(claimed.Token);
            // Where the node is killed between these two, the next worker finds the run finished and only takes it out.
            if (await attempts.RunAsync(run, held.FencingToken, held.LostToken, stoppingToken))
                await item.CompleteAsync(CancellationToken.None);
        }
        finally
        {
            _running.TryRemove(run, out _);
        }
    }

    private ScheduledRun? TryRead(QueueItem item)
    {
        try
        {
            return ScheduledRun.FromElement(item.Data);
        }
        catch (JsonException exception)
        {
            LogNonsense(logger, exception.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a run was lost, and is another's: {reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "an element of the queue is no run, and is dropped: {reason}")]
    private static partial void LogNonsense(ILogger logger, string reason);
}
