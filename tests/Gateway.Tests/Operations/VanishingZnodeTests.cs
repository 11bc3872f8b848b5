using System.Diagnostics;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>Containers and znodes with a time to live.</summary>
public sealed class VanishingZnodeTests(SweepingSilo silo) : IClassFixture<SweepingSilo>
{
    private const long Long = 1_000_000;

    [Theory(Timeout = 120_000)]
    [InlineData(CreateMode.Container, "/mode-Container")]
    [InlineData(CreateMode.Persistent, "/mode-Persistent")]
    [InlineData(CreateMode.Ephemeral, "/mode-Ephemeral")]
    public async Task CreateContainer_makes_one_of_any_mode_and_tells_the_stat(CreateMode mode, string path)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.CreateContainer, writer => Frames.WriteCreate(writer, path, [1, 2], mode)));
        var reply = await wire.ReadReplyAsync();
        Assert.Equal(ErrorCode.Ok, reply.Error);
        Assert.Equal(4 + path.Length + 68, reply.Body.Length);
        await using var client = await silo.ConnectAsync();
        var stat = (await client.ExistsAsync(path)).Value;
        Assert.Equal((0L, 2, reply.Zxid), (stat.EphemeralOwner, stat.DataLength, stat.Czxid));
        Assert.True((await client.CreateAsync($"{path}/child", null, CreateMode.Ephemeral)).IsOk);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(CreateMode.PersistentWithTtl, 0L)]
    [InlineData(CreateMode.PersistentWithTtl, -1L)]
    [InlineData(CreateMode.PersistentWithTtl, 1L << 40)]
    [InlineData(CreateMode.Persistent, 1L)]
    [InlineData(CreateMode.Container, 1L)]
    [InlineData((CreateMode)7, 1L)]
    public async Task CreateTtl_refuses_times_out_of_range_and_other_modes(CreateMode mode, long timeToLive)
    {
        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.BadArguments, (await client.CreateTtlAsync("/refused", null, mode, timeToLive)).Error);
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/refused")).Error);
        await client.CloseSessionAsync();
    }

    // ZooKeeper 3.8 dies of it.
    [SiloFact(Timeout = 120_000)]
    public Task CreateTtl_refuses_no_time_with_another_mode() =>
        CreateTtl_refuses_times_out_of_range_and_other_modes(CreateMode.Persistent, -1);

    [Theory(Timeout = 120_000)]
    [InlineData(OperationCode.Create, CreateMode.PersistentWithTtl)]
    [InlineData(OperationCode.Create2, CreateMode.PersistentSequentialWithTtl)]
    [InlineData(OperationCode.CreateContainer, CreateMode.PersistentWithTtl)]
    public async Task Modes_with_a_time_to_live_need_their_own_operation(OperationCode operation, CreateMode mode)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Frames.Request(1, operation, writer => Frames.WriteCreate(writer, "/no-time", null, mode)));
        Assert.Equal(ErrorCode.BadArguments, (await wire.ReadReplyAsync()).Error);
    }

    [Fact(Timeout = 120_000)]
    public async Task In_a_multi_the_mode_says_what_is_created_and_the_operation_whether_the_stat_is_told()
    {
        await using var client = await silo.ConnectAsync();
        var results = (await client.MultiAsync(
            MultiOperation.Create("/m", null),
            MultiOperation.CreateContainer("/m/c", [1]),
            MultiOperation.CreateTtl("/m/t-", [2], CreateMode.PersistentSequentialWithTtl, Long),
            MultiOperation.Create("/m/c/e", null, CreateMode.Ephemeral),
            MultiOperation.Create2("/m/2", null),
            MultiOperation.CreateTtl("/m/plain", null, CreateMode.Persistent, Long),
            MultiOperation.Create("/m/container", null, CreateMode.Container))).Value;
        Assert.Equal(
            [
                (OperationCode.Create, "/m"), (OperationCode.Create2, "/m/c"), (OperationCode.Create2, "/m/t-0000000001"),
                (OperationCode.Create, "/m/c/e"), (OperationCode.Create2, "/m/2"), (OperationCode.Create, "/m/plain"),
                (OperationCode.Create2, "/m/container"),
            ],
            results.Select(static result => (result.Code, result.Path!)));
        Assert.Equal(1, results[1].Stat!.Value.DataLength);
        Assert.Equal((await client.ExistsAsync("/m/t-0000000001")).Value, results[2].Stat);
        await client.CloseSessionAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(OperationCode.Create)]
    [InlineData(OperationCode.Create2)]
    [InlineData(OperationCode.CreateContainer)]
    public async Task Multi_with_a_time_to_live_that_is_not_told_is_refused_as_a_whole(OperationCode operation)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Request(1, OperationCode.Multi, writer =>
            {
                Frames.WriteMultiHeader(writer, (int)operation, done: false);
                Frames.WriteCreate(writer, "/never", null, CreateMode.PersistentWithTtl);
                Frames.WriteMultiHeader(writer, -1, done: true);
            }),
            Frames.Exists(2, "/never"));
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((1, ErrorCode.MarshallingError), (refusal.Xid, refusal.Error));
        Assert.Equal(ErrorCode.NoNode, (await wire.ReadReplyAsync()).Error);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Container_goes_behind_its_last_child_and_whoever_watches_hears_of_it()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateContainerAsync("/used", null);
        await client.CreateContainerAsync("/never-used", null);
        await client.CreateAsync("/used/child", null);
        Assert.True((await client.ExistsAsync("/used", watch: true)).IsOk);
        await Task.Delay(200);
        Assert.True((await client.ExistsAsync("/used")).IsOk);
        await client.DeleteAsync("/used/child");
        var heard = await client.NextNotificationAsync(RunningSilo.Soon);
        Assert.Equal((WatchEventType.NodeDeleted, "/used"), (heard.Type, heard.Path));
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/used")).Error);
        Assert.True((await client.ExistsAsync("/never-used")).IsOk);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Znode_goes_when_it_was_not_set_for_its_time_to_live()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateTtlAsync("/long", null, CreateMode.PersistentWithTtl, Long);
        await Rounds.OneGoesWellAsync(async round =>
        {
            string path = $"/short-{round}";
            await client.CreateTtlAsync(path, null, CreateMode.PersistentWithTtl, 1500);
            long lastSet = 0;
            for (int i = 0; i < 5; i++)
            {
                await Task.Delay(400);
                lastSet = Stopwatch.GetTimestamp();
                Assert.True((await client.SetDataAsync(path, [1])).IsOk);
            }

            Assert.True((await client.ExistsAsync(path, watch: true)).IsOk);
            var heard = await client.NextNotificationAsync(RunningSilo.Soon);
            double milliseconds = Stopwatch.GetElapsedTime(lastSet).TotalMilliseconds;
            BrokenPromiseException.ThrowUnless(milliseconds >= 1500, $"gone {milliseconds} ms after it was set");
            Assert.Equal((WatchEventType.NodeDeleted, path), (heard.Type, heard.Path));
        });
        Assert.True((await client.ExistsAsync("/long")).IsOk);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Both_are_what_they_were_after_a_restart_and_neither_counts_as_ephemeral()
    {
        await using var other = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--container-check-interval", "20", "--four-letter-words", "*"] });
        await using (var client = await RawZooKeeperClient.ConnectAsync(other.ClientEndPoint))
        {
            await client.CreateContainerAsync("/c", null);
            await client.CreateAsync("/c/child", null);
            await client.MultiAsync(
                MultiOperation.CreateTtl("/t", null, CreateMode.PersistentWithTtl, 1), MultiOperation.Create("/t/child", null));
            Assert.Contains("zk_ephemerals_count\t0\n", await FourLetterWord.AskAsync(other.ClientEndPoint, "mntr", RunningSilo.Soon));
            await client.CloseSessionAsync();
        }

        await other.KillAsync();
        await other.StartAgainAsync();
        await using var again = await RawZooKeeperClient.ConnectAsync(other.ClientEndPoint);
        Assert.Equal(0, (await again.ExistsAsync("/c", watch: true)).Value.EphemeralOwner);
        Assert.Equal(0, (await again.ExistsAsync("/t", watch: true)).Value.EphemeralOwner);
        await again.MultiAsync(MultiOperation.Delete("/c/child"), MultiOperation.Delete("/t/child"));
        string[] gone =
        [
            (await again.NextNotificationAsync(RunningSilo.Soon)).Path,
            (await again.NextNotificationAsync(RunningSilo.Soon)).Path,
        ];
        Assert.Equal(["/c", "/t"], gone.Order());
        await again.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Without_extended_types_a_time_to_live_is_not_implemented_and_the_connection_goes_on()
    {
        await using var other = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--extended-types-enabled", "false"] });
        await using var client = await RawZooKeeperClient.ConnectAsync(other.ClientEndPoint);
        var refusal = await client.CreateTtlAsync("/t", null, CreateMode.PersistentWithTtl, Long);
        Assert.Equal(ErrorCode.Unimplemented, refusal.Error);
        var results = (await client.MultiAsync(
            MultiOperation.CreateTtl("/t", null, CreateMode.PersistentWithTtl, Long))).Value;
        Assert.Equal(ErrorCode.Unimplemented, Assert.Single(results).Error);
        Assert.True((await client.CreateContainerAsync("/c", null)).IsOk);
        await client.CloseSessionAsync();
    }
}
