using System.Globalization;
using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coordination.Scheduler.Live;

/// <summary>What can be seen of the scheduler from outside: in the tree, and in the result database.</summary>
internal sealed class SchedulerView : IAsyncDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyList<ChildProcess> _processes;
    private readonly ServiceInstances<NodeStatus> _nodes;
    private readonly LeaderObserver _leader;
    private readonly ZnodeCache _quotas;
    private readonly ZnodeCache _queue;
    private readonly ResultOverview _results;

    private SchedulerView(
        IConfiguration configuration, IReadOnlyList<ChildProcess> processes, ServiceInstances<NodeStatus> nodes,
        LeaderObserver leader, ZnodeCache quotas, ZnodeCache queue)
    {
        _configuration = configuration;
        _processes = processes;
        _nodes = nodes;
        _leader = leader;
        _quotas = quotas;
        _queue = queue;
        string folder = configuration.GetSection(SchedulerOptions.Section)["Folder"] ?? "data/scheduler";
        _results = new ResultOverview(ResultStore.FileIn(folder));
    }

    /// <summary>Who leads; null where nobody does.</summary>
    public string? Leader => _leader.Leader;

    /// <summary>Begins to follow.</summary>
    public static async Task<SchedulerView> StartAsync(
        ICoordinationClient client, IConfiguration configuration, IReadOnlyList<ChildProcess> processes,
        CancellationToken cancellationToken)
    {
        var registry = new ServiceRegistry<NodeStatus>(client, SchedulerPaths.Root, SchedulerJson.Default.NodeStatus);
        return new SchedulerView(
            configuration, processes,
            await registry.FollowAsync(SchedulerPaths.Nodes, cancellationToken: cancellationToken),
            await LeaderObserver.StartAsync(client, SchedulerPaths.Master, cancellationToken: cancellationToken),
            await ZnodeCache.StartAsync(client, SchedulerPaths.Quotas, CacheScope.Children, null, cancellationToken),
            await ZnodeCache.StartAsync(client, SchedulerPaths.Queue, CacheScope.Children, null, cancellationToken));
    }

    /// <summary>Draws it.</summary>
    public IRenderable Render() => new Rows(
        Nodes(), Jobs(), Events(),
        new Markup(
            _nodes.IsStale
                ? "[yellow]contact with the service is lost; this is what was known last[/]"
                : "[grey]l: kill the leader   f: freeze the leader   w: freeze a worker   s: start who was killed   q: quit[/]"));

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        await _leader.DisposeAsync();
        await _quotas.DisposeAsync();
        await _queue.DisposeAsync();
    }

    private Table Nodes()
    {
        var table = new Table().Border(TableBorder.Rounded).Title("nodes").Expand();
        table.AddColumns("node", "process", "registered", "leads", "load", "works on");
        var known = _nodes.Known;
        foreach (var process in _processes)
        {
            var status = known.GetValueOrDefault(process.Name);
            table.AddRow(
                process.Name,
                process.HasExited ? "[red]killed[/]" : process.IsFrozen ? "[blue]frozen[/]" : "[green]runs[/]",
                status is null ? "[red]no[/]" : $"{status.State}, {status.Megabytes} MB",
                process.Name == Leader ? "[bold]leads[/]" : "",
                status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{status.Load:P0}"),
                status is null ? "" : Markup.Escape(string.Join(", ", status.Running)));
        }
        return table;
    }

    private Table Jobs()
    {
        int waiting = _queue.GetChildren(SchedulerPaths.Queue).Count;
        var table = new Table().Border(TableBorder.Rounded).Title($"jobs, {waiting} runs in the queue").Expand();
        table.AddColumns("job", "schedule", "time limit", "quota", "completed", "given up", "late writes refused", "last");
        foreach (var job in _results.Jobs())
        {
            string section = $"{JobCatalogue.Section}:{job.Name}";
            bool isClean = job.Name == CleanOptions.Job;
            table.AddRow(
                job.Name,
                _configuration[isClean ? $"{CleanOptions.Section}:Cron" : $"{section}:Cron"] ?? "",
                isClean ? "" : $"{_configuration[$"{section}:TimeoutSeconds"]} s",
                isClean ? "" : QuotaOf(job.Name),
                $"{job.Completed}", $"{job.Failed}", job.Refused == 0 ? "0" : $"[yellow]{job.Refused}[/]", job.Last);
        }
        return table;
    }

    private string QuotaOf(string job)
    {
        if (!_quotas.TryGet($"{SchedulerPaths.Quotas}/{job}", out var znode))
            return $"{Quota.Default.Cpu} CPU, {Quota.Default.MemoryMegabytes} MB";
        return Markup.Escape(znode.Text);
    }

    private Panel Events()
    {
        var lines = _results.Events().Select(Markup.Escape);
        return new Panel(new Markup(string.Join('\n', lines))).Header("what happened last").Expand();
    }
}
