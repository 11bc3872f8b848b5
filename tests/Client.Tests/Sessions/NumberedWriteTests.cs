using System.Collections.Concurrent;
using System.Globalization;
using Coordination.Protocol;
using Xunit.Abstractions;

namespace Coordination.Client.Tests.Sessions;

/// <summary>Each write is done once, and answered, however often its connection is lost.</summary>
/// <remarks>COORDINATION_CUTS says how often connections are cut, COORDINATION_TEST_SEED when.</remarks>
public sealed class NumberedWriteTests(Servers servers, ITestOutputHelper output) : ClientTest(servers)
{
    private const int Creators = 8;

    private static readonly int s_cuts = Number("COORDINATION_CUTS") ?? 150;

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.Grains)]
    public async Task Whatever_is_cut_each_write_is_done_once_and_has_its_answer(ServerKind kind)
    {
        int seed = Number("COORDINATION_TEST_SEED") ?? Random.Shared.Next();
        output.WriteLine($"COORDINATION_TEST_SEED={seed}");
        await using var network = Network(kind);
        await using var client = await ConnectAsync(Options(network, TimeSpan.FromSeconds(40)) with
        {
            ShortestRetryDelay = TimeSpan.FromMilliseconds(1),
            LongestRetryDelay = TimeSpan.FromMilliseconds(10),
        });
        var session = client.Session;
        string path = NewPath();
        foreach (string child in (string[])["", "/created", "/set", "/counted", "/moved", "/refused"])
            await client.CreateAsync(path + child);

        using var enough = new CancellationTokenSource();
        var load = new Load(client, path, enough.Token);
        var writing = load.RunAsync();
        var random = new Random(seed);
        for (int cut = 0; cut < s_cuts; cut++)
        {
            long goal = load.Done + random.Next(40);
            await EventuallyAsync("writes are done", () => writing.IsCompleted || load.Done >= goal);
            network.SilenceAnswers();
            for (int turns = random.Next(200); turns > 0; turns--)
                await Task.Yield();
            network.Cut();
            network.Restore();
        }
        await enough.CancelAsync();
        await writing.WaitAsync(Soon);
        Assert.Same(session, client.Session);
        output.WriteLine($"{load.Done} writes over {s_cuts} cuts; {load.Refusals} refusals, of which {load.LostRefusals} lost their reason");
        await load.CheckAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.Grains)]
    public async Task What_nobody_waits_for_any_more_is_not_sent_again_and_holds_nothing_up(ServerKind kind)
    {
        await using var network = Network(kind);
        await using var client = await ConnectAsync(Options(network, TimeSpan.FromSeconds(40)));
        string path = NewPath();
        await client.CreateAsync(path);
        network.Silence();
        using var cancellation = new CancellationTokenSource();
        var given = Enumerable.Range(0, 2000).Select(_ => client.SetDataAsync(path, "x", cancellationToken: cancellation.Token).AsTask()).ToArray();
        var kept = client.CreateAsync(path + "/kept").AsTask();
        await cancellation.CancelAsync();
        foreach (var one in given)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        network.Refuse();
        network.Restore();
        await kept.WaitAsync(Soon);
        Assert.Equal(1, (await client.SetDataAsync(path, "x")).Version);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.Grains)]
    public async Task As_many_as_may_be_open_are_sent_again_and_those_that_wait_come_behind_them(ServerKind kind)
    {
        const int Writes = 4000;
        await using var network = Network(kind);
        await using var client = await ConnectAsync(Options(network, TimeSpan.FromSeconds(40)) with { MaxInFlight = Writes });
        string path = NewPath();
        await client.CreateAsync(path);
        network.SilenceAnswers();
        var sets = Enumerable.Range(0, Writes).Select(i => client.SetDataAsync(path, "x", i).AsTask()).ToArray();
        await using var other = await ConnectAsync(kind);
        // How many come there unanswered depends on how many left together.
        await EventuallyAsync("some are done", async () => (await other.ExistsAsync(path))!.Value.Version > 0);
        network.Refuse();
        network.Restore();
        for (int i = 0; i < Writes; i++)
            Assert.Equal(i + 1, (await sets[i].WaitAsync(Soon)).Version);
    }

    [Fact]
    public async Task A_write_that_its_number_would_make_too_long_goes_without()
    {
        await using var client = await ConnectAsync(ServerKind.Silo);
        string path = NewPath();
        await client.CreateAsync(path);
        int most = new CoordinationClientOptions { ConnectionString = "a:1" }.LongestRequest - (8 + 4 + path.Length + 4 + 4);
        foreach (int length in (int[])[most - 30, most - 20, most - 19, most])
            Assert.Equal(length, (await client.SetDataAsync(path, new byte[length])).DataLength);
        await Assert.ThrowsAsync<CoordinationException>(async () => await client.SetDataAsync(path, new byte[most + 1]));
        Assert.Equal(4, (await client.ExistsAsync(path))!.Value.Version);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>What is written, and what is known of it.</summary>
    private sealed class Load(CoordinationClient client, string path, CancellationToken enough)
    {
        private readonly ConcurrentDictionary<string, string> _created = new();
        private long _done;
        private int _sets, _counts, _moves;

        public long Done => Interlocked.Read(ref _done);

        public int Refusals { get; private set; }

        public int LostRefusals { get; private set; }

        public Task RunAsync() => Task.WhenAll(
            [.. Enumerable.Range(0, Creators).Select(CreateAsync), SetAsync(), CountAsync(), MoveAsync(), RefuseAsync()]);

        public async Task CheckAsync()
        {
            var names = (await client.GetChildrenAsync(path + "/created")).Names;
            Assert.Equal(_created.Keys.Order(StringComparer.Ordinal), names.Select(name => $"{path}/created/{name}").Order(StringComparer.Ordinal));
            foreach (var (created, data) in _created)
                Assert.Equal(data, (await client.GetDataAsync(created)).Text);
            Assert.Equal(_sets, (await client.ExistsAsync(path + "/set"))!.Value.Version);
            Assert.Equal(_counts, (await client.ExistsAsync(path + "/counted"))!.Value.Version);
            var moved = (await client.ExistsAsync(path + "/moved"))!.Value;
            Assert.Equal((_moves, 2 * _moves, 0), (moved.Version, moved.Cversion, moved.NumChildren));
            Assert.Equal(0, (await client.ExistsAsync(path + "/refused"))!.Value.Version);
        }

        private async Task CreateAsync(int creator)
        {
            for (int i = 0; !enough.IsCancellationRequested; i++)
            {
                string data = $"{creator} {i}";
                var created = await client.CreateAsync(path + "/created/s-", data, CreateOptions.PersistentSequential);
                Assert.True(_created.TryAdd(created.Path, data), "one name for two creates");
                Interlocked.Increment(ref _done);
            }
        }

        // Whatever the version is: one more than there were sets would show it.
        private async Task SetAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                Assert.Equal(_sets + 1, (await client.SetDataAsync(path + "/set", "x")).Version);
                _sets++;
                Interlocked.Increment(ref _done);
            }
        }

        // Several on their way, each resting on the one before.
        private async Task CountAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                var sets = Enumerable.Range(_counts, 5).Select(i => client.SetDataAsync(path + "/counted", "x", i).AsTask()).ToArray();
                foreach (var set in sets)
                    Assert.Equal(++_counts, (await set).Version);
                Interlocked.Add(ref _done, sets.Length);
            }
        }

        private async Task MoveAsync()
        {
            string child = path + "/moved/child";
            while (!enough.IsCancellationRequested)
            {
                var results = await client.BeginTransaction().Create(child).SetData(path + "/moved", "x"u8.ToArray(), _moves).CommitAsync();
                Assert.Equal(++_moves, ((SetDataResult)results[1]).Stat.Version);
                await client.DeleteAsync(child);
                Interlocked.Add(ref _done, 2);
            }
        }

        private async Task RefuseAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    await client.SetDataAsync(path + "/refused", "x", version: 7);
                    Assert.Fail("a set of another version was done");
                }
                catch (BadVersionException)
                {
                }
                catch (WriteRefusedException refusal)
                {
                    Assert.Equal((ErrorCode.ConnectionLoss, RequestOutcome.Refused), (refusal.Code, refusal.Outcome));
                    LostRefusals++;
                }
                Refusals++;
            }
        }
    }
}
