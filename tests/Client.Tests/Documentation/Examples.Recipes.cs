using System.Globalization;
using System.Text.Json;
using Coordination.Client.Recipes;

namespace Coordination.Client.Tests.Documentation;

internal static partial class Examples
{
    public static async Task ReadWriteLockAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        await client.EnsurePathAsync("/catalogue", cancellationToken: cancellationToken);
        // example: readwrite
        var catalogue = new DistributedReadWriteLock(client, "/locks/catalogue");

        // Many read at a time. Who comes to write waits for them, and readers that come after it wait for it.
        await using (await catalogue.AcquireReadAsync(cancellationToken))
        await using (await catalogue.AcquireReadAsync(cancellationToken))
        {
            if (await catalogue.TryAcquireWriteAsync(TimeSpan.FromMilliseconds(100), cancellationToken) is null)
                Console.WriteLine("two are reading");
        }

        // One writes. To read first and then write, give the read lock up before: two who both kept it would wait for ever.
        await using (var writing = await catalogue.AcquireWriteAsync(cancellationToken))
        {
            try
            {
                // Done only while the lock is held, which is looked up where the write is done.
                await client.SetDataAsync("/catalogue", "prices of July"u8.ToArray(), writing, cancellationToken: cancellationToken);
            }
            catch (LockLostException)
            {
                Console.WriteLine("the session has ended, and another may be writing: begin anew");
            }
        }
        // end
        Assert.Equal("prices of July", (await client.GetDataAsync("/catalogue", cancellationToken)).Text);
    }

    public static async Task SemaphoreAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: semaphore
        // All who share it say the same number.
        var slots = new DistributedSemaphore(client, "/slots/gpu", count: 2);
        await using (await slots.AcquireAsync(cancellationToken))
        await using (await slots.AcquireAsync(cancellationToken))
        {
            if (await slots.TryAcquireAsync(TimeSpan.FromMilliseconds(100), cancellationToken) is null)
                Console.WriteLine("both are taken");
        }

        // They were given back, or their holders' sessions have ended: who asked first has one first.
        await using var lease = await slots.AcquireAsync(cancellationToken);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(lease.LostToken, cancellationToken);
        await CleanAsync(lease.FencingToken, work.Token);
        // end
        Assert.True(lease.IsHeld);
    }

    public static async Task MultiLockAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        await client.EnsurePathAsync("/accounts/alice", cancellationToken: cancellationToken);
        await client.EnsurePathAsync("/accounts/bob", cancellationToken: cancellationToken);
        // example: multilock
        // All or none. They are acquired in the order of their paths, so two who want some of the same never wait for each other.
        var accounts = new DistributedMultiLock(client, ["/locks/bob", "/locks/alice"]);
        await using var held = await accounts.TryAcquireAsync(TimeSpan.FromSeconds(10), cancellationToken);
        if (held is null)
            return; // one of them is another's

        var transfer = client.BeginTransaction();
        foreach (var handle in held.Handles)
            transfer.CheckHeld(handle);
        try
        {
            await transfer
                .SetData("/accounts/alice", "90"u8.ToArray())
                .SetData("/accounts/bob", "110"u8.ToArray())
                .CommitAsync(cancellationToken);
        }
        catch (TransactionFailedException exception) when (exception.Reason is LockLostException)
        {
            Console.WriteLine("one of the locks is lost, and nothing was transferred");
        }
        // end
        Assert.Equal("90", (await client.GetDataAsync("/accounts/alice", cancellationToken)).Text);
    }

    public static async Task BarrierAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: barrier
        // It stands as long as its znode does, whoever has set it, and whatever becomes of that session.
        var maintenance = new DistributedBarrier(client, "/maintenance");
        await maintenance.SetAsync(cancellationToken);

        // In any number of processes: whoever comes while it stands waits.
        Task[] workers = [.. Enumerable.Range(1, 3).Select(WorkAsync)];

        Console.WriteLine("the tables are changed meanwhile");
        await maintenance.LiftAsync(cancellationToken);
        await Task.WhenAll(workers);

        async Task WorkAsync(int number)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromMinutes(10));
            await maintenance.WaitAsync(patience.Token);
            Console.WriteLine($"worker {number} goes on");
        }
        // end
    }

    public static async Task DoubleBarrierAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: doublebarrier
        // Three that compute a stage together; each in a process of its own, as a rule.
        await Task.WhenAll(Enumerable.Range(1, 3).Select(ComputeAsync));

        async Task ComputeAsync(int member)
        {
            var stage = new DoubleBarrier(client, "/stages/1", count: 3);
            try
            {
                await stage.EnterAsync(cancellationToken); // nobody begins before all three are there
                Console.WriteLine($"member {member} computes its part");
                await stage.LeaveAsync(cancellationToken); // nobody goes on before all three are done
                Console.WriteLine($"member {member} reads the parts of the others");
            }
            catch (SessionExpiredException)
            {
                // The others do not wait for this one when they leave.
                Console.WriteLine($"member {member} is out of it, and has to begin anew");
            }
        }
        // end
    }

    public static async Task CounterAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: counter
        var runs = new AtomicCounter(client, "/counters/runs");
        long number;
        try
        {
            number = await runs.AddAsync(1, cancellationToken);
        }
        catch (ConnectionLossException)
        {
            // It may have been added, and nobody knows to whom: so a number may be left out, and none is given out twice.
            number = await runs.AddAsync(1, cancellationToken);
        }
        long highest = await runs.GetAsync(cancellationToken);
        Console.WriteLine($"this is run {number}, the last is {highest}");
        // end
        Assert.InRange(number, 1, highest);
    }

    public static async Task AtomicValueAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: atomic
        var motto = new AtomicValue(client, "/motto");
        await motto.SetAsync("measure twice"u8.ToArray(), cancellationToken); // whatever it was

        // By who has read it: if nobody has changed it since.
        var read = await motto.GetAsync(cancellationToken);
        if (!await motto.TrySetAsync("cut once"u8.ToArray(), read, cancellationToken))
            Console.WriteLine("another has set it first");

        // As often as it takes: what makes the new value of the old one may be called several times.
        var now = await motto.UpdateAsync(static old => (byte[])[.. old.Span, (byte)'!'], cancellationToken);
        // end
        Assert.True(now.Span.SequenceEqual("cut once!"u8));
    }

    public static async Task CachedValueAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: cached
        // Read at every tick, so from memory; it follows the original.
        await using var limit = await CachedValue.StartAsync(
            client, "/limits/runs", znode => Console.WriteLine($"the limit is {znode?.Text ?? "off"}"), cancellationToken);
        if (!await limit.TrySetAsync("100"u8.ToArray(), cancellationToken))
            Console.WriteLine("another has set it first, and that will be known soon");

        int most = limit.Current is { } known ? int.Parse(known.Text, CultureInfo.InvariantCulture) : int.MaxValue;
        if (limit.IsStale)
            Console.WriteLine("contact is lost: this is the last that was known");
        // end
        Assert.Equal(100, most);
    }

    public static async Task ConfigurationAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: configuration
        var hourly = new VersionedConfiguration<Quota>(client, "/quota/hourly", ExampleJson.Default.Quota);
        try
        {
            var (quota, version) = await hourly.GetAsync(cancellationToken);
            Console.WriteLine(quota is null ? "nobody has set it" : $"{quota.Cpu} CPUs by version {version}");
        }
        catch (JsonException)
        {
            Console.WriteLine("somebody has written something else there");
        }

        // Each change rests on what it has read: of two at the same time, one is made anew on the other's outcome.
        var changed = await hourly.UpdateAsync(static old => (old ?? new Quota(1)) with { Cpu = 4 }, cancellationToken);
        Console.WriteLine($"now {changed.Cpu} CPUs");
        // end
        Assert.Equal(4, changed.Cpu);
    }

    public static async Task CacheAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        await client.EnsurePathAsync("/jobs/daily-clean/timeout", cancellationToken: cancellationToken);
        // example: cache
        // One znode, which need not exist yet.
        await using var motd = await ZnodeCache.StartAsync(client, "/motd", CacheScope.Node, cancellationToken: cancellationToken);
        Console.WriteLine(motd.TryGet(out var message) ? message.Text : "no message");

        // A znode and its children.
        await using var names = await ZnodeCache.StartAsync(
            client, "/jobs", CacheScope.Children, cancellationToken: cancellationToken);
        Console.WriteLine(string.Join(", ", names.GetChildren("/jobs")));

        // A znode and all below it. Each change says what was known before, and what is known now.
        await using var jobs = await ZnodeCache.StartAsync(
            client, "/jobs", CacheScope.Tree,
            change => Console.WriteLine($"{change.Path}: {change.Before?.Text ?? "nothing"} is {change.Now?.Text ?? "gone"}"),
            cancellationToken);
        await client.SetDataAsync("/jobs/daily-clean/timeout", "30", cancellationToken: cancellationToken);
        foreach (var (path, znode) in jobs.Znodes)
            Console.WriteLine($"{path} has version {znode.Version}");

        // It goes on answering while contact is lost, and reads all anew when it is back.
        if (jobs.IsStale)
            Console.WriteLine("this is what was known last");
        // end
        Assert.Equal(["daily-clean"], names.GetChildren("/jobs"));
        Assert.True(jobs.TryGet("/jobs/daily-clean/timeout", out _));
    }

    public static async Task GroupAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: group
        await using var member = await GroupMember.JoinAsync(
            client, "/nodes", "worker-7", "load=0.2"u8.ToArray(),
            change => Console.WriteLine($"{change.Path} {(change.Now is null ? "has left" : "is there")}"), cancellationToken);

        // What it says of itself is said again in each session that follows.
        member.SetData("load=0.7"u8.ToArray());

        // Who is there, this one among them; those who are known from the last contact while there is none.
        foreach (var (id, data) in member.Members)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id} says {data.Length} bytes of itself"));
        if (member.IsStale)
            Console.WriteLine("others may have come and gone");
        // end
        Assert.Contains("worker-7", member.Members.Keys);
    }

    public static async Task RegistryAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: registry
        var registry = new ServiceRegistry<Instance>(client, "/services", ExampleJson.Default.Instance);

        // An instance is there until it is disposed of, or its process is gone for as long as a session lives.
        await using var registration = await registry.RegisterAsync(
            "worker", "worker-7", new Instance("10.0.0.7", 5000), cancellationToken);
        registration.Update(new Instance("10.0.0.7", 5001));

        // Whoever wants to call one.
        await using var workers = await registry.FollowAsync(
            "worker", change => Console.WriteLine($"{change.Path} has changed"), cancellationToken);
        foreach (var (id, instance) in workers.Known)
            Console.WriteLine($"{id} is at {instance.Address}:{instance.Port}");
        if (workers.IsStale)
            Console.WriteLine("contact is lost, and some of these may be gone");
        // end
        Assert.Contains("worker-7", workers.Known.Keys);
    }

    public static async Task PersistentNodesAsync(ICoordinationClient client, CancellationToken cancellationToken)
    {
        // example: nodes
        // Ephemeral, and there again after each session that ends, and after somebody has deleted it.
        await using var address = new PersistentNode(client, "/addresses/worker-7", "10.0.0.7:5000"u8.ToArray());
        await address.CreatedAsync(cancellationToken);
        address.SetData("10.0.0.7:5001"u8.ToArray());

        // Not bound to a session: set again after a third of its time to live, it is there that long after its process.
        // The servers must allow such znodes: ours do, Apache ZooKeeper with zookeeper.extendedTypesEnabled=true.
        await using var busy = new PersistentNode(
            client, "/busy/worker-7", "daily-clean"u8.ToArray(), CreateOptions.WithTimeToLive(TimeSpan.FromMinutes(1)));
        await busy.CreatedAsync(cancellationToken);
        // end
        Assert.NotEqual(0, (await client.GetDataAsync(address.Path, cancellationToken)).Stat.EphemeralOwner);
    }
}
