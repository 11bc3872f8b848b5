using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Working;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Nodes;

/// <summary>Keeps the node's ephemeral znode, in which it says how busy it is.</summary>
internal sealed partial class NodeRegistration(
    ICoordinationClient client, Worker worker, IOptions<SchedulerOptions> options, TimeProvider time,
    ILogger<NodeRegistration> logger) : BackgroundService
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ServiceRegistry<NodeStatus> _registry =
        new(client, SchedulerPaths.Root, SchedulerJson.Default.NodeStatus);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (CoordinationException exception)
            {
                LogNotRegistered(logger, exception.Message);
                await Task.Delay(_lookEvery, time, stoppingToken);
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        var said = Look();
        // Where a node of that name was killed just now, its znode goes first, with its session.
        await using var registration = await _registry.RegisterAsync(
            SchedulerPaths.Nodes, options.Value.Node, said, cancellationToken);
        using var timer = new PeriodicTimer(_lookEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = Look();
            // Each update is a write to the log: none is made for a few megabytes.
            if (now.Running.SequenceEqual(said.Running) && Math.Abs(now.Megabytes - said.Megabytes) < 16)
                continue;
            registration.Update(now);
            said = now;
        }
    }

    private NodeStatus Look()
    {
        var running = worker.Running;
        return new NodeStatus(
            running.Count == 0 ? "idle" : "working", options.Value.Slots, running, GC.GetTotalMemory(false) / (1024 * 1024));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node is not registered: {reason}")]
    private static partial void LogNotRegistered(ILogger logger, string reason);
}
