using Quartz;

namespace Coordination.Scheduler.Triggering;

/// <summary>What Quartz runs at a tick.</summary>
[DisallowConcurrentExecution]
internal sealed class TickJob(Func<string, Task> tick) : IJob
{
    public async Task Execute(IJobExecutionContext context) => await tick(context.JobDetail.Key.Name);
}
