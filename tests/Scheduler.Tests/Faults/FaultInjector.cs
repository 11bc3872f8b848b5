using Coordination.Scheduler.Tests.Running;

namespace Coordination.Scheduler.Tests.Faults;

/// <summary>Kills, freezes and restarts nodes at random; never all of them at once.</summary>
internal sealed class FaultInjector(SchedulerCluster cluster, Random random)
{
    private readonly List<Fault> _faults = [];
    private int _begun;

    /// <summary>What was done.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>How often a silo was killed and started again.</summary>
    public int SiloKills { get; private set; }

    /// <summary>Goes on for a while; when it returns, all nodes run.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        long end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        while (Environment.TickCount64 < end)
        {
            foreach (var node in cluster.Nodes)
                node.CheckRuns();
            if (random.Next(12) == 0)
                await KillSiloAsync();
            // Half of them hit the leader, who is one of three; a quarter hit two at once.
            string? leader = random.Next(2) == 0 ? await cluster.LeaderAsync() : null;
            var victims = cluster.Nodes.OrderBy(node => node.Name == leader ? -1 : random.Next()).Take(random.Next(4) == 0 ? 2 : 1);
            await Task.WhenAll(victims.ToArray().Select(HurtAsync));
            await Task.Delay(random.Next(3000));
        }
    }

    /// <summary>Kills a silo and starts it again.</summary>
    public async Task KillSiloAsync()
    {
        await cluster.KillSiloAsync();
        SiloKills++;
    }

    private async Task HurtAsync(NodeProcess node)
    {
        var kind = (FaultKind)(_begun++ % 3);
        // From less than a session's timeout to twice of it.
        var pause = SchedulerCluster.SessionTimeout * (0.2 + 1.8 * random.NextDouble());
        long began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        switch (kind)
        {
            case FaultKind.Kill:
                await node.KillAsync();
                break;
            case FaultKind.Freeze:
                node.Freeze();
                break;
            default:
                await node.TerminateAsync();
                break;
        }
        await Task.Delay(pause);
        long ended = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (kind == FaultKind.Freeze)
            node.Thaw();
        else
            node.Start();
        lock (_faults)
            _faults.Add(new Fault(kind, node.Name, began, ended));
    }
}
