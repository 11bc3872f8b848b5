using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>A session goes from one silo to another, with its id and its password.</summary>
public sealed class MovingTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private SiloCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SiloCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task What_an_old_connection_writes_after_the_move_fails()
    {
        await using var old = await _cluster.ConnectAsync(0);
        await old.CreateAsync("/mine", null, CreateMode.Ephemeral);
        await using var moved = await _cluster.MoveAsync(old, 1);
        // Sent before the old silo can have heard of it, or after: it makes no difference.
        var late = await Assert.ThrowsAnyAsync<Exception>(async () => (await old.CreateAsync("/late", null)).Value.ToString());
        Assert.True(
            late is ConnectionLostException or ZooKeeperErrorException { Error: ErrorCode.SessionMoved }, late.ToString());
        await old.Ended.WaitAsync(s_patience);
        Assert.Equal(ErrorCode.NoNode, (await moved.ExistsAsync("/late")).Error);
        Assert.Equal(moved.SessionId, (await moved.ExistsAsync("/mine")).Value.EphemeralOwner);
        await moved.SyncAsync("/");
        Assert.Equal(ErrorCode.NoNode, (await moved.ExistsAsync("/late")).Error);
        Assert.True((await moved.SetDataAsync("/mine", [1])).IsOk);
    }

    [Fact]
    public async Task An_old_connection_is_told_nothing_of_what_came_after_the_move()
    {
        await using var old = await _cluster.ConnectAsync(0);
        await old.CreateAsync("/told", null);
        await old.GetDataAsync("/told", watch: true);
        await using var writer = await _cluster.ConnectAsync(1);
        // It finds both in the log at once.
        _cluster.Silos[0].Pause();
        await using var moved = await _cluster.MoveAsync(old, 1);
        await writer.SetDataAsync("/told", [1]);
        _cluster.Silos[0].Continue();
        await old.Ended.WaitAsync(s_patience);
        Assert.False(old.Notifications.TryRead(out _));
    }

    [Fact]
    public async Task A_session_goes_round_with_writes_in_flight_and_each_is_there_once_or_not_at_all()
    {
        var client = await _cluster.ConnectAsync(0);
        await client.CreateAsync("/round", null);
        var acknowledged = new List<string>();
        for (int move = 1; move <= 9; move++)
        {
            var sent = Enumerable.Range(0, 20)
                .Select(i => client.CreateAsync($"/round/{move}-{i}", null)).ToList();
            var next = await _cluster.MoveAsync(client, move % 3);
            foreach (var write in sent)
            {
                if (await OrLostAsync(write) is { IsOk: true } reply)
                    acknowledged.Add(reply.Value);
            }
            await client.DisposeAsync();
            client = next;
            var there = (await client.GetChildrenAsync("/round")).Value.Select(name => $"/round/{name}").ToHashSet();
            Assert.Subset(there, acknowledged.ToHashSet());
            await Task.WhenAll(_cluster.EndPoints.Select(async endPoint =>
            {
                await using var other = await RawZooKeeperClient.ConnectAsync(endPoint);
                await other.SyncAsync("/");
                Assert.Equal(there, (await other.GetChildrenAsync("/round")).Value.Select(name => $"/round/{name}").ToHashSet());
            }));
        }
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_numbered_write_is_done_once_wherever_its_session_goes_and_whichever_silo_dies()
    {
        const int Writes = 20;
        var client = await _cluster.ConnectAsync(0);
        await client.CreateAsync("/numbered", null);
        var names = new List<string>();
        for (int move = 1; move <= 9; move++)
        {
            int last = move * Writes, firstOpen = last - Writes + 1;
            var sent = Enumerable.Range(firstOpen, Writes).Select(i => CreateAsync(client, i, firstOpen)).ToList();
            var left = _cluster.Silos[(move - 1) % 3];
            if (move % 3 == 0)
                await left.KillAsync();
            var next = await _cluster.MoveAsync(client, move % 3);
            // Twice, since the second answer is that of the same, too.
            foreach (int number in Enumerable.Range(firstOpen, Writes).Concat(Enumerable.Range(firstOpen, Writes)))
            {
                var again = await CreateAsync(next, number, firstOpen);
                if (await OrLostAsync(sent[number - firstOpen]) is { IsOk: true } first)
                    Assert.Equal(first.Value, again.Value);
                if (names.Count < number)
                    names.Add(again.Value.Path);
                Assert.Equal(names[number - 1], again.Value.Path);
            }
            await client.DisposeAsync();
            client = next;
            if (move % 3 == 0)
                await left.StartAgainAsync();
        }
        await client.SyncAsync("/");
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            (await client.GetChildrenAsync("/numbered")).Value.Select(name => $"/numbered/{name}").Order(StringComparer.Ordinal));
        Assert.Equal(9 * Writes, names.Distinct().Count());
        await client.DisposeAsync();

        static Task<Reply<CreatedZnode>> CreateAsync(RawZooKeeperClient client, int number, int firstOpen) =>
            client.CreateOnceAsync(number, firstOpen, "/numbered/s-", null, CreateMode.PersistentSequential);
    }

    [Fact]
    public async Task Watches_that_are_set_again_elsewhere_tell_what_was_missed_and_what_comes()
    {
        await using var writer = await _cluster.ConnectAsync(2);
        foreach (string path in (string[])["/kept", "/set", "/deleted", "/parent"])
            await writer.CreateAsync(path, null);
        var watching = await _cluster.ConnectAsync(0);
        await watching.SyncAsync("/");
        await watching.GetDataAsync("/kept", watch: true);
        await watching.GetDataAsync("/set", watch: true);
        await watching.GetDataAsync("/deleted", watch: true);
        await watching.ExistsAsync("/created", watch: true);
        await watching.GetChildrenAsync("/parent", watch: true);
        long seen = watching.LastZxidSeen;
        await watching.DisposeAsync();

        await writer.SetDataAsync("/set", [1]);
        await writer.DeleteAsync("/deleted");
        await writer.CreateAsync("/created", null);
        var last = await writer.Create2Async("/parent/child", null);
        // It says what it has seen, not what has happened: the silo may be behind that, and must not answer before.
        await using var moved = await RawZooKeeperClient.ConnectAsync(_cluster.EndPoints[1], new ConnectParameters
        {
            SessionId = watching.SessionId,
            Password = watching.Password,
            LastZxidSeen = last.Value.Stat.Czxid,
        });
        moved.KeepAlive(TimeSpan.FromSeconds(1));
        Assert.True((await moved.SetWatchesAsync(seen, ["/kept", "/set", "/deleted"], ["/created"], ["/parent"])).IsOk);
        var missed = new List<string>();
        for (int i = 0; i < 4; i++)
            missed.Add(Text(await moved.NextNotificationAsync(s_patience)));
        Assert.Equal(
            ["NodeChildrenChanged /parent", "NodeCreated /created", "NodeDataChanged /set", "NodeDeleted /deleted"],
            missed.Order(StringComparer.Ordinal));

        await writer.SetDataAsync("/set", [2]);
        await writer.SetDataAsync("/kept", [2]);
        Assert.Equal("NodeDataChanged /kept", Text(await moved.NextNotificationAsync(s_patience)));
        Assert.True((await moved.SyncAsync("/")).IsOk);
        Assert.False(moved.Notifications.TryRead(out _));
    }

    [Fact]
    public async Task Nothing_older_than_what_a_session_has_seen_is_shown_elsewhere()
    {
        await using var client = await _cluster.ConnectAsync(0);
        await client.CreateAsync("/seen", [0]);
        var current = client;
        for (int move = 1; move <= 30; move++)
        {
            Assert.True((await current.SetDataAsync("/seen", [(byte)move])).IsOk);
            var next = await _cluster.MoveAsync(current, move % 3);
            var (data, stat) = (await next.GetDataAsync("/seen")).Value;
            Assert.Equal(((byte)move, move), (data![0], stat.Version));
            await current.DisposeAsync();
            current = next;
        }
        await current.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_the_session_has_left_closes_nothing_and_fails_nothing()
    {
        for (int round = 0; round < 3; round++)
        {
            await using var old = await _cluster.ConnectAsync(0);
            string path = (await old.CreateAsync("/mine", null, CreateMode.EphemeralSequential)).Value;
            // So that it has not heard of the move when it is asked.
            _cluster.Silos[0].Pause();
            await using var moved = await _cluster.MoveAsync(old, 1);
            var closing = old.CloseSessionAsync();
            _cluster.Silos[0].Continue();
            await OrLostAsync(closing);
            await old.Ended.WaitAsync(s_patience);
            await moved.SyncAsync("/");
            Assert.Equal(moved.SessionId, (await moved.ExistsAsync(path)).Value.EphemeralOwner);
        }
        await _cluster.Silos[0].TerminateAsync(s_patience);
        Assert.DoesNotContain("failed", _cluster.Silos[0].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_moves_nothing()
    {
        await using var client = await _cluster.ConnectAsync(0);
        await client.CreateAsync("/own", null, CreateMode.Ephemeral);
        await Assert.ThrowsAsync<SessionExpiredException>(() => RawZooKeeperClient.ConnectAsync(
            _cluster.EndPoints[1], new ConnectParameters { SessionId = client.SessionId, Password = new byte[16] }));
        Assert.True((await client.SetDataAsync("/own", [1])).IsOk);
    }

    private static string Text(Notification notification) => $"{notification.Type} {notification.Path}";

    private static async Task<Reply<T>?> OrLostAsync<T>(Task<Reply<T>> asked)
    {
        try
        {
            return await asked;
        }
        catch (ConnectionLostException)
        {
            return null;
        }
    }
}
