using Coordination.Scheduler.Nodes;

if (args is ["node", .. var arguments])
{
    await NodeHost.RunAsync(arguments);
    return 0;
}
Console.Error.WriteLine("node");
return 1;
