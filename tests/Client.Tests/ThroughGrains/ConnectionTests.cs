using Coordination.Grains.Messages;
using Coordination.Protocol;
using Coordination.Testing;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>What may become of calls to a grain, and what the client makes of it.</summary>
public sealed class ConnectionTests(Servers servers) : ClientTest(servers)
{
    private readonly Servers _servers = servers;

    [Fact]
    public async Task Chunks_that_overtake_each_other_are_put_in_order()
    {
        int chunks = 0;
        var calls = new UnreliableCalls(_servers.Silo)
        {
            // Whatever is longer than a chunk is sent by calls at once, of which one is late and the next is not.
            PassChunk = call => Interlocked.Increment(ref chunks) % 2 == 0 ? DelayAsync(call) : call(),
            PassWait = DelayAsync,
        };
        await using var client = await ConnectAsync(calls.Connect(Options(ServerKind.Grains)) with { MaxInFlight = 40 });
        string path = NewPath();
        await client.CreateAsync(path);
        var sets = Enumerable.Range(0, 400)
            .Select(i => client.SetDataAsync(path, new byte[i % 50 == 0 ? 250_000 : 2000 + i], i).AsTask()).ToArray();
        await Task.WhenAll(sets).WaitAsync(Soon * 2);
        for (int i = 0; i < sets.Length; i++)
            Assert.Equal(i + 1, (await sets[i]).Version);
        var reads = Enumerable.Range(0, 400).Select(_ => client.GetDataAsync(path).AsTask()).ToArray();
        foreach (var read in reads)
            Assert.Equal(2399, (await read.WaitAsync(Soon)).Data.Length);
        Assert.True(calls.Overtaken > 0, "no chunk was overtaken");
    }

    [Fact]
    public async Task Calls_that_come_twice_are_done_once()
    {
        var calls = new UnreliableCalls(_servers.Silo) { PassChunk = TwiceAsync, PassWait = TwiceAsync };
        await using var client = await ConnectAsync(calls.Connect(Options(ServerKind.Grains)));
        string path = NewPath();
        await client.CreateAsync(path);
        var session = client.Session;
        for (int i = 0; i < 100; i++)
            Assert.Equal($"{path}/s-{i:d10}", (await client.CreateAsync(path + "/s-", CreateOptions.PersistentSequential)).Path);
        Assert.Equal(100, (await client.GetChildrenAsync(path)).Names.Count);
        Assert.Same(session, client.Session);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_fails_costs_the_connection_and_not_the_session(bool hasComeThrough)
    {
        bool isLost = false;
        var calls = new UnreliableCalls(_servers.Silo);
        await using var client = await ConnectAsync(calls.Connect(Options(ServerKind.Grains)));
        string path = NewPath();
        await client.CreateAsync(path);
        var session = client.Session;
        calls.PassChunk = call => Volatile.Read(ref isLost) ? LoseAsync(call, hasComeThrough) : call();
        calls.PassWait = async call =>
        {
            // The answer may come by this way, too.
            var answer = await call();
            return Volatile.Read(ref isLost) ? throw new TimeoutException("no answer came") : answer;
        };
        int losses = 0;
        client.StateChanged += change => _ = change.State == SessionState.Disconnected ? Interlocked.Increment(ref losses) : 0;
        for (int i = 0; i < 100; i++)
        {
            // Whatever is sent is lost, over as many connections as it takes, until the create was among it.
            bool isToBeLost = i % 7 == 6;
            int before = Volatile.Read(ref losses);
            Volatile.Write(ref isLost, isToBeLost);
            var creating = client.CreateAsync(path + "/s-", CreateOptions.EphemeralSequential).AsTask();
            await EventuallyAsync("the connection is lost", () => !isToBeLost || Volatile.Read(ref losses) > before);
            Assert.False(isToBeLost && creating.IsCompleted, "a create was answered whose call was lost");
            Volatile.Write(ref isLost, false);
            Assert.Equal($"{path}/s-{i:d10}", (await creating.WaitAsync(Soon)).Path);
        }
        Assert.Equal(100, (await client.GetChildrenAsync(path)).Names.Count);
        Assert.Same(session, client.Session);
    }

    [Fact]
    public Task A_call_of_which_nobody_hears_again_is_noticed() => Rounds.OneGoesWellAsync(async _ =>
    {
        var never = new TaskCompletionSource<ConnectionChunk>();
        int count = 0;
        var calls = new UnreliableCalls(_servers.Silo);
        await using var client = await ConnectAsync(
            calls.Connect(Options(ServerKind.Grains, sessionTimeout: TimeSpan.FromSeconds(4))));
        var session = client.Session;
        await client.ExistsAsync("/");
        calls.PassChunk = call => Interlocked.Increment(ref count) == 1 ? never.Task : call();
        var disconnected = ReachAsync(client, SessionState.Disconnected);
        var read = client.GetDataAsync("/");
        await disconnected;
        await read.AsTask().WaitAsync(Soon);
        Assert.Same(session, client.Session);
    });

    [Fact]
    public async Task Nobody_has_an_address()
    {
        await using var client = await ConnectAsync(ServerKind.Grains);
        Assert.DoesNotContain(await client.WhoAmIAsync(), static identity => identity.Scheme == "ip");
        string path = NewPath();
        var acl = new Acl(Permissions.All, new Identity("ip", "127.0.0.1"));
        await client.CreateAsync(path, "x", new CreateOptions { Acl = [acl] });
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await client.GetDataAsync(path));
        await using var near = await ConnectAsync(Options(HostAndPort(ServerKind.Grains)));
        Assert.Equal("x", (await near.GetDataAsync(path)).Text);
    }

    [Fact]
    public async Task Large_data_goes_there_and_back()
    {
        await using var client = await ConnectAsync(ServerKind.Grains);
        string path = NewPath();
        byte[] data = new byte[1_000_000];
        Random.Shared.NextBytes(data);
        await client.CreateAsync(path);
        var sets = Enumerable.Range(0, 8).Select(_ => client.SetDataAsync(path, data).AsTask()).ToArray();
        var reads = Enumerable.Range(0, 8).Select(_ => client.GetDataAsync(path).AsTask()).ToArray();
        await Task.WhenAll(sets).WaitAsync(Soon);
        foreach (var read in reads)
            Assert.True((await read.WaitAsync(Soon)).Data.Span.SequenceEqual(data));
    }

    [Fact]
    public async Task A_silo_that_stops_answers_what_it_has_taken()
    {
        var silo = await SiloInProcess.StartAsync(FreePort.Take());
        await using var client = await ConnectAsync(Options("/").UseOrleans(silo.Grains) with { CloseTimeout = TimeSpan.FromSeconds(1) });
        var disconnected = ReachAsync(client, SessionState.Disconnected);
        var sets = Enumerable.Range(0, 100).Select(_ => client.SetDataAsync("/", new byte[10]).AsTask()).ToArray();
        await sets[0];
        // A call that waits for what there is to be told must not keep it.
        await silo.DisposeAsync().AsTask().WaitAsync(Soon);
        await disconnected;
        foreach (var set in sets)
        {
            try
            {
                await set.WaitAsync(Soon);
            }
            catch (CoordinationException e) when (e is ConnectionLossException or SessionExpiredException)
            {
                // It was not taken any more, and there is nobody whom it could be sent to again before the session ends.
            }
        }
    }

    private static async Task<ConnectionChunk> DelayAsync(Func<Task<ConnectionChunk>> call)
    {
        await Task.Delay(Random.Shared.Next(4));
        var answer = await call();
        await Task.Delay(Random.Shared.Next(4));
        return answer;
    }

    private static Task<ConnectionChunk> TwiceAsync(Func<Task<ConnectionChunk>> call)
    {
        var first = call();
        _ = call();
        return first;
    }

    private static async Task<ConnectionChunk> LoseAsync(Func<Task<ConnectionChunk>> call, bool hasComeThrough)
    {
        if (hasComeThrough)
            _ = call();
        await Task.Yield();
        throw new TimeoutException("no answer came");
    }
}
