using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Coordination.Testing;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>Silos and some nodes, each a process, and what a test needs to look at them.</summary>
internal sealed class SchedulerCluster : IAsyncDisposable
{
    /// <summary>How long anything may take that has to come about, on a machine that is busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The silos' tick.</summary>
    public static readonly TimeSpan TickTime = TimeSpan.FromMilliseconds(500);

    /// <summary>The nodes' session timeout.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(3);

    // The flavour's own, as the project says.
    private static readonly string _transport = typeof(SchedulerCluster).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "Transport").Value!;

    private readonly TemporaryDirectory _folder = new();
    private readonly IService _service;

    private SchedulerCluster(IService service, CoordinationClient client)
    {
        _service = service;
        Client = client;
        Results = new ResultReader(ResultStore.FileIn(_folder.Path));
    }

    /// <summary>The test's own client.</summary>
    public CoordinationClient Client { get; }

    /// <summary>What became of the runs.</summary>
    public ResultReader Results { get; }

    /// <summary>The nodes.</summary>
    public List<NodeProcess> Nodes { get; } = [];

    /// <summary>Starts as many nodes.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="settings">What they do.</param>
    /// <param name="service">What they coordinate by, which ends with them; null for a silo.</param>
    public static async Task<SchedulerCluster> StartAsync(int nodes, ClusterSettings settings, IService? service = null)
    {
        service ??= await SingleSilo.StartAsync();
        var client = await CoordinationClient.ConnectAsync(
            new CoordinationClientOptions { ConnectionString = service.ConnectionString }).WaitAsync(Patience);
        var cluster = new SchedulerCluster(service, client);
        try
        {
            string file = cluster._folder.Combine("settings.json");
            await File.WriteAllTextAsync(file, cluster.Settings(settings));
            for (int i = 1; i <= nodes; i++)
                cluster.Nodes.Add(new NodeProcess($"node-{i}", ["--settings", file, "--Scheduler:Node", $"node-{i}"]));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The node of a name.</summary>
    public NodeProcess Node(string name) => Nodes.Single(node => node.Name == name);

    /// <summary>Who leads; null where nobody does.</summary>
    public async Task<string?> LeaderAsync() =>
        (await LeaderLatch.GetCandidatesAsync(Client, SchedulerPaths.Master)).FirstOrDefault();

    /// <summary>How far a job's schedule was carried out; null where nobody has begun to.</summary>
    public async Task<TickCursor?> CursorAsync(string job) => (await new VersionedConfiguration<TickCursor>(
        Client, SchedulerPaths.Cursor(job), SchedulerJson.Default.TickCursor).GetAsync()).Value;

    /// <summary>Gives a job another quota.</summary>
    public async Task SetQuotaAsync(string job, Quota quota) => await new VersionedConfiguration<Quota>(
        Client, $"{SchedulerPaths.Quotas}/{job}", SchedulerJson.Default.Quota).UpdateAsync(_ => quota);

    /// <summary>Configures something else.</summary>
    public async Task ConfigureAsync(string key, string value)
    {
        string path = $"{SchedulerPaths.Configuration}/{key}";
        await Client.EnsurePathAsync(path);
        await Client.SetDataAsync(path, value);
    }

    /// <summary>Restarts a silo after a SIGKILL.</summary>
    public Task KillSiloAsync() => _service.KillAsync();

    /// <summary>Waits for what has to come about, while all nodes run.</summary>
    public async Task<T> EventuallyAsync<T>(string what, Func<Task<T?>> look)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (await look() is { } found)
                return found;
            foreach (var node in Nodes)
                node.CheckRuns();
            Assert.True(
                started.Elapsed < Patience, $"{what}, within {Patience}:\n{string.Join("\n\n", Nodes.Select(node => node.Output))}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for a run that is to be found in the results.</summary>
    public Task<RunRow> RunAsync(string what, Func<RunRow, bool> isIt) => EventuallyAsync(
        what, () => Task.FromResult(Results.Runs().Where(isIt).OrderBy(static run => run.Tick).FirstOrDefault()));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(static node => node.DisposeAsync().AsTask()));
        await Client.DisposeAsync();
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    private string Settings(ClusterSettings settings) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["Coordination"] = new Dictionary<string, string>(_service.ForOrleans)
        {
            ["Transport"] = _transport,
            ["ConnectionString"] = _service.ConnectionString,
            ["SessionTimeoutSeconds"] = SessionTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        },
        [SchedulerOptions.Section] = new Dictionary<string, string>
        {
            ["Folder"] = _folder.Path,
            ["Slots"] = settings.Slots.ToString(CultureInfo.InvariantCulture),
            ["OnLoss"] = $"{settings.OnLoss}",
        },
        [CleanOptions.Section] = settings.Clean,
        [JobCatalogue.Section] = settings.Jobs,
    });
}
