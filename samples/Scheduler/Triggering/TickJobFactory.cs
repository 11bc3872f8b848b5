using Quartz;
using Quartz.Spi;

namespace Coordination.Scheduler.Triggering;

/// <summary>Makes what Quartz runs.</summary>
internal sealed class TickJobFactory(Func<string, Task> tick) : IJobFactory
{
    public IJob NewJob(TriggerFiredBundle bundle, IScheduler scheduler) => new TickJob(tick);

    public void ReturnJob(IJob job)
    {
    }
}
