using Quartz;

namespace Coordination.Scheduler.Triggering;

/// <summary>Quartz with cron triggers for some jobs, and what each tick is to do.</summary>
/// <remarks>Its store is memory: what must not be forgotten is in the service. So a tick means "look what is due", and one
/// that Quartz misses is made good by the next.</remarks>
internal sealed class CronClock : IAsyncDisposable
{
    private readonly IScheduler _scheduler;

    private CronClock(IScheduler scheduler) => _scheduler = scheduler;

    /// <summary>Starts it.</summary>
    /// <param name="schedules">The schedules by job.</param>
    /// <param name="tick">Called at each tick with the job, not at the same time twice for one job.</param>
    /// <param name="cancellationToken">Ends the start, and is handed to the ticks.</param>
    public static async Task<CronClock> StartAsync(
        IReadOnlyDictionary<string, string> schedules, Func<string, CancellationToken, Task> tick,
        CancellationToken cancellationToken)
    {
        // Quartz knows schedulers by name in the whole process.
        string name = $"{Guid.NewGuid():n}";
        var scheduler = await SchedulerBuilder.Create(name, name).UseInMemoryStore().BuildScheduler();
        scheduler.JobFactory = new TickJobFactory(job => tick(job, cancellationToken));
        var clock = new CronClock(scheduler);
        try
        {
            foreach (var (job, cron) in schedules)
                await clock.ScheduleAsync(job, cron, cancellationToken);
            await scheduler.Start(cancellationToken);
            return clock;
        }
        catch
        {
            await clock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it; ticks that are being carried out are not waited for.</summary>
    public async ValueTask DisposeAsync() => await _scheduler.Shutdown(waitForJobsToComplete: false);

    private async Task ScheduleAsync(string job, string cron, CancellationToken cancellationToken)
    {
        var detail = JobBuilder.Create<TickJob>().WithIdentity(job).Build();
        var trigger = TriggerBuilder.Create()
            .WithIdentity(job)
            .WithCronSchedule(cron, static schedule => schedule
                .InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireHandlingInstructionFireAndProceed())
            .Build();
        await _scheduler.ScheduleJob(detail, trigger, cancellationToken);
    }
}
