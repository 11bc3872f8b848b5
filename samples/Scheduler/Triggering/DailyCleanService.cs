using Coordination.Client;
using Coordination.Client.Hosting;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Triggering;

/// <summary>Cleans up. Every node wants to at each tick, without asking who leads, and one does.</summary>
/// <remarks>They queue for a lock. Who has it does what is due and notes that; the next finds nothing due. Where the holder
/// dies in the middle the next has the lock when its session ends, and does it.</remarks>
internal sealed partial class DailyCleanService(
    TickLedger ledger, DistributedLockFactory locks, ResultStore results, IOptionsMonitor<CleanOptions> clean,
    IOptions<SchedulerOptions> options, TimeProvider time, ILogger<DailyCleanService> logger) : BackgroundService
{
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string cron = clean.CurrentValue.Cron;
        Task Tick(string job, CancellationToken cancellationToken) => RaceAsync(cron, cancellationToken);
        await using var clock = await CronClock.StartAsync(
            new Dictionary<string, string> { [CleanOptions.Job] = cron }, Tick, stoppingToken);
        await Tick(CleanOptions.Job, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
    }

    private async Task RaceAsync(string cron, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await TryAsync(cron, cancellationToken);
                return;
            }
            catch (Exception exception) when (
                exception is CoordinationException or ResultsUnavailableException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Lost, or out of reach: it stays due until somebody has noted that it was done.
                LogLost(logger, exception.Message);
                await Task.Delay(_rest, time, cancellationToken);
            }
        }
    }

    private async Task TryAsync(string cron, CancellationToken cancellationToken)
    {
        await using var held = await locks.Get(CleanOptions.Job, options.Value.Node).AcquireAsync(cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(held.LostToken, cancellationToken);
        while (await ledger.GetDueAsync(CleanOptions.Job, cron, either.Token) is { Ticks: [long tick, ..] } due)
        {
            await CleanAsync(new ScheduledRun(CleanOptions.Job, tick), held.FencingToken, either.Token);
            await ledger.MoveOnAsync(due, tick, held, either.Token);
        }
    }

    private async Task CleanAsync(ScheduledRun run, long token, CancellationToken cancellationToken)
    {
        switch (await results.BeginAsync(run, token, cancellationToken))
        {
            case RunPermission.Finished:
                return;
            case RunPermission.Refused:
                throw new OperationCanceledException("the lock was lost, and another cleans");
        }
        await Task.Delay(TimeSpan.FromSeconds(clean.CurrentValue.Seconds), time, cancellationToken);
        var before = time.GetUtcNow() - TimeSpan.FromDays(clean.CurrentValue.KeepDays);
        if (await results.CleanAsync(run, token, before, cancellationToken) is not { } removed)
            throw new OperationCanceledException("the lock was lost while cleaning, and another cleans");
        LogCleaned(logger, run, removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{run}: removed {removed} runs")]
    private static partial void LogCleaned(ILogger logger, ScheduledRun run, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the clean-up has to be tried again: {reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
