using Coordination.Scheduler.Live;
using Coordination.Scheduler.Nodes;

// A node of the scheduler, or a silo and three nodes with a view of what they do. Settings may follow: --Scheduler:Slots 4.
if (args is ["node", .. var arguments])
    await NodeHost.RunAsync(arguments);
else
    await LiveScheduler.RunAsync(args);
