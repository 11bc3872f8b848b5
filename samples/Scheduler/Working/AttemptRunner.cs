using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Working;

/// <summary>Works on a run for whoever holds its job's lock, and has the database judge what comes of it.</summary>
internal sealed partial class AttemptRunner(
    Jobs jobs, QuotaBook quotas, ResultStore results, IOptions<SchedulerOptions> options, TimeProvider time,
    ILogger<AttemptRunner> logger)
{
    private static readonly TimeSpan _reportEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Works on a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="token">The fencing token of the lock.</param>
    /// <param name="lost">Cancelled when the lock is lost.</param>
    /// <param name="stopping">Cancelled when the node ends.</param>
    /// <returns>Whether the run is over, and can go from the queue.</returns>
    public async Task<bool> RunAsync(ScheduledRun run, long token, CancellationToken lost, CancellationToken stopping)
    {
        var permission = await results.BeginAsync(run, token, stopping);
        if (permission != RunPermission.Granted)
        {
            LogNotGranted(logger, run, permission);
            return permission == RunPermission.Finished;
        }
        var job = jobs.Get(run.Job);
        var execution = new JobExecution(job, quotas[run.Job], time);
        using var deadline = new Deadline(jobs, run.Job, time);
        using var heeded = CancellationTokenSource.CreateLinkedTokenSource(
            options.Value.OnLoss == LossPolicy.Stop ? lost : CancellationToken.None, stopping, deadline.Token);
        var outcome = await WorkAsync(run, token, execution, heeded)
            ? AttemptOutcome.Completed
            : deadline.Token.IsCancellationRequested ? AttemptOutcome.TimedOut : AttemptOutcome.Abandoned;
        // It is asked whatever the worker believes of its lock: what it believes may be old, what the database knows is not.
        string? state = await results.EndAsync(run, token, outcome, execution.Progress, job.MaxFailures, CancellationToken.None);
        LogEnded(logger, run, token, outcome, state ?? "the write is refused");
        return state is "completed" or "failed";
    }

    /// <returns>Whether all was done.</returns>
    private async Task<bool> WorkAsync(
        ScheduledRun run, long token, JobExecution execution, CancellationTokenSource heeded)
    {
        using var over = new CancellationTokenSource();
        var reporting = ReportAsync(run, token, execution, heeded, over.Token);
        try
        {
            await execution.RunAsync(heeded.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            await over.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReportAsync(
        ScheduledRun run, long token, JobExecution execution, CancellationTokenSource heeded, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_reportEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            bool isOurs = await results.ReportAsync(run, token, execution.Progress, cancellationToken);
            if (!isOurs && options.Value.OnLoss == LossPolicy.Stop)
                await heeded.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{run} is not worked on: {permission}")]
    private static partial void LogNotGranted(ILogger logger, ScheduledRun run, RunPermission permission);

    [LoggerMessage(Level = LogLevel.Information, Message = "{run} under 0x{token:x}: {outcome}, {state}")]
    private static partial void LogEnded(ILogger logger, ScheduledRun run, long token, AttemptOutcome outcome, string state);
}
