using System.Text.Json.Serialization;
using Coordination.Client.Hosting;
using Coordination.Client.Recipes;
using Coordination.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;

namespace Coordination.Client.Tests.Documentation;

// What stands between "// example: NAME" and "// end" stands in docs/client.md too, letter by letter; ExampleTests sees to
// that, and runs each method here.
internal static partial class Examples
{
    public static async Task ConnectAsync(string servers)
    {
        // example: connect
        var options = new CoordinationClientOptions
        {
            ConnectionString = servers, // "zoo1:2181,zoo2:2181,zoo3:2181/taier"
            SessionTimeout = TimeSpan.FromSeconds(15),
            Credentials = [Credential.Digest("scheduler", "a secret")],
        };
        await using var client = await CoordinationClient.ConnectAsync(options);

        // A value with a version: a write that expects another version is refused.
        await client.EnsurePathAsync("/quota/daily-clean");
        var read = await client.GetDataAsync("/quota/daily-clean");
        try
        {
            await client.SetDataAsync("/quota/daily-clean", """{ "cpu": 2 }""", read.Version);
        }
        catch (BadVersionException)
        {
            // Somebody has written since.
        }

        // All or nothing.
        var results = await client.BeginTransaction()
            .Check("/quota/daily-clean", version: 1)
            .Create("/quota/runs-", options: CreateOptions.PersistentSequential)
            .CommitAsync();
        string created = ((CreateResult)results[1]).Path;
        // end
        Assert.StartsWith("/quota/runs-", created);
    }

    public static async Task StatesAsync(ICoordinationClient client)
    {
        // example: states
        var session = await client.ConnectedAsync();
        client.StateChanged += change => Console.WriteLine(change.State switch
        {
            SessionState.Connected => $"attached as 0x{change.SessionId:x}",
            SessionState.Disconnected => "contact is lost; what the session holds still stands",
            SessionState.Expired => $"the session is over: {change.End}",
            _ => $"{change.State}",
        });
        using var work = CancellationTokenSource.CreateLinkedTokenSource(session.Ended);
        // end
        Assert.False(work.IsCancellationRequested);
    }

    public static async Task ReadOnlyAsync(string servers)
    {
        // example: readonly
        var options = new CoordinationClientOptions { ConnectionString = servers, AllowReadOnly = true };
        await using var client = await CoordinationClient.ConnectAsync(options);
        bool mayBeOld = client.State == SessionState.ConnectedReadOnly;
        var quota = await client.GetDataAsync("/quota/daily-clean");
        Console.WriteLine($"{quota.Text}{(mayBeOld ? ", when it was last heard of" : "")}");
        try
        {
            await client.SetDataAsync("/quota/daily-clean", """{ "cpu": 4 }""", quota.Version);
        }
        catch (ReadOnlyServerException)
        {
            // Not done, and not to be done before a server writes again.
            await client.ConnectedAsync();
        }
        // end
    }

    public static async Task WatchAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        await client.EnsurePathAsync("/conf", cancellationToken: cancellationToken);
        // example: watch
        await using var watch = await client.WatchAsync("/conf", AddWatchMode.PersistentRecursive, cancellationToken);
        var changing = client.SetDataAsync("/conf", "changed", cancellationToken: cancellationToken);
        await foreach (var change in watch.WithCancellation(cancellationToken))
        {
            // None: the watch was set anew after contact was lost, and changes may have been missed.
            if (change.Type == WatchEventType.None)
                continue;
            Console.WriteLine($"{change.Type} {change.Path}");
            break;
        }
        // end
        await changing;
    }

    public static async Task BeyondAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        await client.EnsurePathAsync("/quotas/daily-clean", cancellationToken: cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changing = ChangeAsync();
        // example: beyond
        var quotas = new Dictionary<string, ReadOnlyMemory<byte>?>();
        long dealtWith = await CopyAsync();
        // From there on every change, whatever happens to the connection, the session or the server meanwhile.
        await foreach (var change in client.WatchChangesAsync("/quotas", dealtWith, ChangeScope.Tree, cancellationToken))
        {
            if (change.Kind == ZnodeChangeKind.HistoryLost)
            {
                // The log no longer reaches back, or the server is not ours: all that comes after this is told.
                dealtWith = await CopyAsync();
                continue;
            }
            if (change.Zxid <= dealtWith && change.Zxid > 0)
                continue; // it is in the copy
            if (change.Kind == ZnodeChangeKind.Deleted)
                quotas.Remove(change.Path);
            else if (change.IsDataKnown)
                quotas[change.Path] = change.Data;
            Console.WriteLine($"{change.Kind} {change.Path}, at {change.Time}");
            // Another process can go on from here, when all of a transaction is dealt with.
            if (change.IsLastOfZxid)
                dealtWith = change.Zxid;
            break;
        }
        await client.DeleteRecursiveAsync("/quotas", cancellationToken: cancellationToken);

        async Task<long> CopyAsync()
        {
            quotas.Clear();
            // For a list that is empty: no child says what it is of.
            long zxid = client.LastZxidSeen;
            await foreach (var job in client.EnumerateChildrenAsync("/quotas", cancellationToken: cancellationToken))
            {
                if (job.Data is not null)
                    quotas[$"/quotas/{job.Name}"] = job.Data;
                zxid = job.AsOfZxid;
            }
            return zxid;
        }
        // end
        await enough.CancelAsync();
        await changing;
        Assert.Null(await client.ExistsAsync("/quotas", cancellationToken));

        async Task ChangeAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    await client.SetDataAsync("/quotas/daily-clean", "2 CPU", cancellationToken: cancellationToken);
                }
                catch (NoNodeException)
                {
                    return;
                }
            }
        }
    }

    public static async Task LockAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: lock
        var mutex = new DistributedLock(client, "/locks/daily-clean", holder: "worker-7");
        await using var held = await mutex.TryAcquireAsync(TimeSpan.FromSeconds(10), cancellationToken);
        if (held is null)
            return; // another one cleans

        // The token goes where the work goes: a write with a smaller one than the row has is refused there.
        using var work = CancellationTokenSource.CreateLinkedTokenSource(held.LostToken, cancellationToken);
        await CleanAsync(held.FencingToken, work.Token);
        // end
    }

    public static async Task DelayAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: delay
        // The export writes to where no token is compared: so nobody begins another while one may still be running.
        var export = new DistributedLock(client, "/locks/export", holder: "worker-7") { LockDelay = TimeSpan.FromSeconds(15) };
        await using (var held = await export.AcquireAsync(cancellationToken))
        {
            // Whatever is begun here must be over 15 s after the token is cancelled.
            await CleanAsync(held.FencingToken, held.LostToken);
        }

        // It was given back in good order, so there is nothing to wait for.
        await using var next = await export.AcquireAsync(cancellationToken);
        // end
        Assert.True(next.IsHeld);
    }

    public static async Task LeaderAsync(ICoordinationClient client)
    {
        // example: leader
        await using var latch = new LeaderLatch(client, "/master", id: Environment.MachineName);
        var lead = await latch.LeadAsync();
        Console.WriteLine($"leading with 0x{lead.FencingToken:x}, until {lead.LostToken} says otherwise");
        Console.WriteLine(string.Join(", ", await LeaderLatch.GetCandidatesAsync(client, "/master")));
        // end
        Assert.True(latch.IsLeader);
    }

    public static async Task TurnsAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: turns
        // One who leads no longer than there is work, and then lets another.
        var selector = new LeaderSelector(client, "/cleaner", id: "worker-7");
        await selector.LeadAsync(
            async (lead, lost) => await CleanAsync(lead.FencingToken, lost), cancellationToken);

        // One who only wants to know.
        await using var observer = await LeaderObserver.StartAsync(
            client, "/master", leader => Console.WriteLine($"{leader ?? "nobody"} leads"), cancellationToken);
        Console.WriteLine($"{observer.Leader}{(observer.IsStale ? ", when it was last heard of" : "")}");
        // end
        Assert.False(observer.IsStale);
    }

    public static async Task QueueAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: queue
        var runs = new DistributedQueue(client, "/runs/queue", "/runs/claims");
        await runs.PutAsync("daily-clean 2024-07-01"u8.ToArray(), cancellationToken);

        await using var run = await runs.TakeAsync(cancellationToken);
        await CleanAsync(run.FencingToken, run.LostToken);
        if (!await run.CompleteAsync(cancellationToken))
            Console.WriteLine("the claim was lost, and the run is another's");
        // end
    }

    public static async Task OrderAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: order
        var urgent = new DistributedQueue(client, "/urgent/queue", "/urgent/claims");
        await urgent.PutWithPriorityAsync("report"u8.ToArray(), priority: 10, cancellationToken);
        await urgent.PutWithPriorityAsync("alarm"u8.ToArray(), priority: -10, cancellationToken);
        await using (var first = await urgent.TakeAsync(cancellationToken)) // the alarm
            await first.CompleteAsync(cancellationToken);

        var retries = new DistributedQueue(client, "/retries/queue", "/retries/claims");
        await retries.PutDelayedAsync("daily-clean"u8.ToArray(), DateTimeOffset.UtcNow.AddSeconds(1), cancellationToken);
        await using var retry = await retries.TakeAsync(cancellationToken); // in a second
        await retry.CompleteAsync(cancellationToken);
        // end
        Assert.True(retry.Data.Span.SequenceEqual("daily-clean"u8));
    }

    public static async Task HostAsync(string servers)
    {
        // example: host
        // Configuration is read before there are services, so the client is there before them, and serves both.
        await using var client = new CoordinationClient(new CoordinationClientOptions { ConnectionString = servers });
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddCoordination(client, "/taier/conf");
        builder.Services.Configure<JobOptions>(builder.Configuration.GetSection("jobs"));

        builder.Services.AddCoordination(client);
        builder.Services.AddLeaderElectedService<Janitor>();
        builder.Services.AddHealthChecks().AddCoordination();
        using var host = builder.Build();
        // end
        Assert.NotNull(host.Services.GetRequiredService<IOptionsMonitor<JobOptions>>());
        Assert.NotNull(host.Services.GetRequiredService<HealthCheckService>());
    }

    public static async Task GrainsAsync(IClusterClient grains)
    {
        // example: grains
        var options = new CoordinationClientOptions { ConnectionString = "/" }.UseOrleans(grains);
        await using var client = await CoordinationClient.ConnectAsync(options);
        await client.EnsurePathAsync("/quota/daily-clean");

        // In an application that has an Orleans client among its services:
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddCoordination(
            "/", (services, connecting) => connecting.UseOrleans(services.GetRequiredService<IClusterClient>()));
        // end
        builder.Services.AddSingleton(grains);
        using var host = builder.Build();
        Assert.NotNull(await host.Services.GetRequiredService<ICoordinationClient>().ExistsAsync("/quota/daily-clean"));
    }

    private static Task CleanAsync(long fencingToken, CancellationToken cancellationToken)
    {
        Assert.True(fencingToken > 0);
        return Task.CompletedTask.WaitAsync(cancellationToken);
    }

    // example: elected
    private sealed class Janitor(ICoordinationClient client) : LeaderElectedService(client, "/janitor")
    {
        protected override async Task LeadAsync(Leadership lead, CancellationToken cancellationToken)
        {
            while (true)
            {
                await CleanAsync(lead.FencingToken, cancellationToken);
                await Task.Delay(TimeSpan.FromHours(24), cancellationToken);
            }
        }
    }
    // end

    private sealed class JobOptions
    {
        public int Timeout { get; set; }
    }

    internal sealed record Quota(int Cpu);

    internal sealed record Instance(string Address, int Port);

    [JsonSerializable(typeof(Quota))]
    [JsonSerializable(typeof(Instance))]
    internal sealed partial class ExampleJson : JsonSerializerContext;
}
