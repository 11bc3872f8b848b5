using Coordination.Client;
using Coordination.Client.Hosting;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Triggering;

/// <summary>Makes runs of the jobs' ticks. One node does, the leader.</summary>
internal sealed partial class TriggerService(
    ICoordinationClient client, TickLedger ledger, Jobs jobs, ResultStore results, IOptions<SchedulerOptions> options,
    ILogger<TriggerService> logger) : LeaderElectedService(client, SchedulerPaths.Master, options.Value.Node)
{
    protected override async Task LeadAsync(Leadership lead, CancellationToken cancellationToken)
    {
        LogLeads(logger, lead.FencingToken);
        try
        {
            await results.BeginTermAsync(lead.FencingToken, cancellationToken);
            while (true)
            {
                using var changed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await TriggerAsync(lead, changed);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (ResultsUnavailableException exception)
        {
            // Where this node cannot write another may; when all have tried it is this one's turn again.
            LogResigns(logger, exception.Message);
        }
        finally
        {
            LogLeadsNoLonger(logger, lead.FencingToken);
        }
    }

    /// <summary>Triggers, until the schedules change or the lead is lost.</summary>
    private async Task TriggerAsync(Leadership lead, CancellationTokenSource changed)
    {
        var schedules = jobs.Schedules;
        using var following = jobs.OnChange(() =>
        {
            var now = jobs.Schedules;
            if (now.Count != schedules.Count || now.Except(schedules).Any())
                _ = changed.CancelAsync();
        });
        Task Tick(string job, CancellationToken cancellationToken) => TickAsync(job, schedules[job], lead, cancellationToken);
        // What was due while nobody led comes first.
        foreach (string job in schedules.Keys)
            await Tick(job, changed.Token);
        await using var clock = await CronClock.StartAsync(schedules, Tick, changed.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, changed.Token).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task TickAsync(string job, string cron, Leadership lead, CancellationToken cancellationToken)
    {
        try
        {
            int made = await ledger.EnqueueDueAsync(job, cron, lead, cancellationToken);
            LogTriggered(logger, job, made);
        }
        catch (Exception exception) when (exception is CoordinationException or OperationCanceledException or FormatException)
        {
            // The next tick of the job makes it good, this node's or another's.
            LogNotTriggered(logger, job, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "leads, with token 0x{token:x}")]
    private static partial void LogLeads(ILogger logger, long token);

    [LoggerMessage(Level = LogLevel.Information, Message = "leads no longer with token 0x{token:x}")]
    private static partial void LogLeadsNoLonger(ILogger logger, long token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "gives up the lead: {reason}")]
    private static partial void LogResigns(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{job}: {made} runs are due")]
    private static partial void LogTriggered(ILogger logger, string job, int made);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{job} was not triggered: {reason}")]
    private static partial void LogNotTriggered(ILogger logger, string job, string reason);
}
