using System.Diagnostics;
using Coordination.Client.Recipes;
using Coordination.Testing;

namespace Coordination.Client.Tests.Sessions;

/// <summary>A session outlives what it can outlive, and its client knows when it does not.</summary>
public sealed class SessionTests(Servers servers) : ClientTest(servers)
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_session_outlives_its_connection(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        string path = NewPath();
        var session = await client.ConnectedAsync();
        await client.CreateAsync(path, CreateOptions.Ephemeral);
        for (int i = 0; i < 3; i++)
        {
            proxy.Cut();
            Assert.NotNull(await client.ExistsAsync(path));
        }
        Assert.Same(session, client.Session);
        Assert.False(session.Ended.IsCancellationRequested);
        Assert.True(session.IsAlive);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_session_outlives_its_server_s_process(ServerKind kind)
    {
        await using var server = await Servers.StartAsync(kind);
        await using var client = await ConnectAsync(Options(server.HostAndPort, TimeSpan.FromSeconds(40)));
        var session = await client.ConnectedAsync();
        await client.CreateAsync("/here", CreateOptions.Ephemeral);
        var closed = ReachAsync(client, SessionState.Disconnected);
        await server.KillAsync();
        await closed;
        var read = client.ExistsAsync("/here");
        await server.StartAgainAsync();
        Assert.Equal(session.Id, (await read)!.Value.EphemeralOwner);
        Assert.Same(session, client.Session);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_write_whose_answer_is_lost_has_it_again_or_says_so_and_a_read_is_sent_again(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path, "before");
        proxy.SilenceAnswers();
        var write = client.SetDataAsync(path, "after");
        var read = client.GetDataAsync(path);
        await EventuallyAsync("the write is done", async () => (await other.GetDataAsync(path)).Version == 1);
        proxy.Refuse();
        proxy.Restore();
        if (kind == ServerKind.ZooKeeper)
        {
            var loss = await Assert.ThrowsAsync<ConnectionLossException>(async () => await write);
            Assert.Equal(RequestOutcome.Unknown, loss.Outcome);
        }
        else
        {
            Assert.Equal(1, (await write).Version);
        }
        Assert.Equal("after", (await read).Text);
        Assert.Equal(1, (await other.GetDataAsync(path)).Version);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_protected_create_makes_one_whatever_is_lost(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        proxy.SilenceAnswers();
        var creating = client.CreateProtectedAsync(path, "run-", "x"u8.ToArray(), CreateOptions.PersistentSequential).AsTask();
        await EventuallyAsync("it is created", async () => (await other.GetChildrenAsync(path)).Names.Count == 1);
        proxy.Refuse();
        proxy.Restore();
        var created = await creating.WaitAsync(Soon);
        Assert.EndsWith("-run-0000000000", created.Path);
        Assert.Equal([created.Path], (await other.GetChildrenAsync(path)).Names.Select(name => $"{path}/{name}"));
        // Where nothing of it has come to the server, it is made then.
        proxy.Silence();
        creating = client.CreateProtectedAsync(path, "run-", default, CreateOptions.EphemeralSequential).AsTask();
        proxy.Refuse();
        proxy.Restore();
        created = await creating.WaitAsync(Soon);
        Assert.Equal(client.Session!.Id, created.Stat.EphemeralOwner);
        Assert.Equal(2, (await other.GetChildrenAsync(path)).Names.Count);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_write_made_without_a_connection_waits_for_one(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        string path = NewPath();
        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        var create = client.CreateAsync(path, "x");
        var set = client.SetDataAsync(path, "y", 0);
        proxy.Restore();
        await create;
        Assert.Equal(1, (await set).Version);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public Task A_client_without_contact_gives_its_session_up_by_its_own_clock(ServerKind kind) => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy, s_short));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        var session = await client.ConnectedAsync();
        await client.CreateAsync(path, CreateOptions.Ephemeral);
        var ended = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SyncAsync();
        var clock = Stopwatch.StartNew();
        await using var registration = session.Ended.Register(() => ended.TrySetResult(clock.Elapsed));
        proxy.Silence();
        var waiting = client.SetDataAsync(path, "x");
        await ReachAsync(client, SessionState.Disconnected);
        Assert.Equal(SessionEnd.None, session.End);
        var late = client.CreateAsync(path + "-late", CreateOptions.Ephemeral);
        var after = await ended.Task.WaitAsync(Soon);
        // Not before, and no server that runs has let anybody else have the path by then.
        Assert.InRange(after, session.Timeout * 0.6, session.Timeout * 2);
        Assert.Equal(SessionEnd.OwnClock, session.End);
        if (kind == ServerKind.ZooKeeper)
        {
            await Assert.ThrowsAsync<ConnectionLossException>(async () => await waiting);
        }
        else
        {
            var unknown = await Assert.ThrowsAsync<SessionExpiredException>(async () => await waiting);
            Assert.Equal(RequestOutcome.Unknown, unknown.Outcome);
        }
        var notSent = await Assert.ThrowsAsync<SessionExpiredException>(async () => await late);
        Assert.Equal(RequestOutcome.NotSent, notSent.Outcome);
        proxy.Refuse();
        proxy.Restore();
        var next = await client.ConnectedAsync().WaitAsync(Soon);
        Assert.NotEqual(session.Id, next.Id);
        // The session that was given up was closed before, whether or not the server had ended it by itself.
        Assert.Null(await other.ExistsAsync(path));
    });

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_session_that_the_server_has_ended_is_told_apart(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        var session = await client.ConnectedAsync();
        var states = new List<SessionState>();
        client.StateChanged += change =>
        {
            lock (states)
                states.Add(change.State);
        };
        string path = NewPath();
        await client.CreateAsync(path, CreateOptions.Ephemeral);
        var expired = ReachAsync(client, SessionState.Expired);
        await SessionThief.EndAsync(proxy, session);
        Assert.Equal(SessionEnd.ServerSaidSo, (await expired).End);
        Assert.True(session.Ended.IsCancellationRequested);
        Assert.False(session.IsAlive);
        Assert.Null(await client.ExistsAsync(path));
        Assert.NotEqual(session.Id, client.Session!.Id);
        await EventuallyAsync("all states are told", () =>
        {
            lock (states)
            {
                return states.TakeLast(4).SequenceEqual(
                    [SessionState.Disconnected, SessionState.Expired, SessionState.Connecting, SessionState.Connected]);
            }
        });
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public Task An_idle_session_lives_on(ServerKind kind) => Rounds.OneGoesWellAsync(async _ =>
    {
        await using var client = await ConnectAsync(Options(kind, sessionTimeout: s_short));
        var session = await client.ConnectedAsync();
        var least = session.Timeout;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < session.Timeout * 2)
        {
            await Task.Delay(50);
            if (session.Remaining < least)
                least = session.Remaining;
        }
        Assert.Same(session, client.Session);
        Assert.True(least > TimeSpan.Zero, "the session was kept alive at all times");
        Assert.True(least < session.Timeout, "and not by asking all the time");
    });

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Disposal_closes_the_session(ServerKind kind)
    {
        await using var other = await ConnectAsync(kind);
        var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path, CreateOptions.Ephemeral);
        var session = client.Session!;
        var last = client.SetDataAsync(path, "last");
        await client.DisposeAsync();
        Assert.Equal(1, (await last).Version);
        Assert.Null(await other.ExistsAsync(path));
        Assert.Equal(SessionState.Closed, client.State);
        Assert.Equal(SessionEnd.Closed, session.End);
        Assert.True(session.Ended.IsCancellationRequested);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.ExistsAsync(path));
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Another_server_of_the_string_is_found(ServerKind kind)
    {
        string nobody = $"127.0.0.1:{FreePort.Take()}";
        await using var client = await ConnectAsync(
            Options($"{nobody},{Server(kind).HostAndPort},{nobody}"));
        Assert.NotNull(await client.ExistsAsync("/"));
    }

    [Fact]
    public async Task Requests_fail_when_no_server_can_be_reached_for_too_long()
    {
        await using var client = new CoordinationClient(Options($"127.0.0.1:{FreePort.Take()}") with
        {
            RequestTimeout = TimeSpan.FromMilliseconds(300),
            MaxWaiting = 2,
        });
        var waiting = client.SetDataAsync("/", "x");
        using var cancellation = new CancellationTokenSource();
        var cancelled = client.ExistsAsync("/", cancellation.Token);
        var tooMany = await Assert.ThrowsAsync<CoordinationException>(async () => await client.ExistsAsync("/"));
        Assert.Equal(Protocol.ErrorCode.ThrottledOperation, tooMany.Code);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        // The one that was cancelled has left its place.
        var inItsPlace = client.ExistsAsync("/");
        var loss = await Assert.ThrowsAsync<ConnectionLossException>(async () => await waiting.AsTask().WaitAsync(Soon));
        Assert.Equal(RequestOutcome.NotSent, loss.Outcome);
        await Assert.ThrowsAsync<ConnectionLossException>(async () => await inItsPlace.AsTask().WaitAsync(Soon));
    }

    [Fact]
    public async Task A_connection_that_fails_while_its_client_is_disposed_of_is_nobody_s_trouble()
    {
        var transport = new FailsWhenCancelled();
        var client = new CoordinationClient(Options("127.0.0.1:1") with { Transport = transport });
        await transport.Asked.WaitAsync(Soon);
        await client.DisposeAsync().AsTask().WaitAsync(Soon);
        Assert.Equal(SessionState.Closed, client.State);
    }

    private sealed class FailsWhenCancelled : IClientTransport
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public string Name => "a server that is gone";

        public async Task<ITransportConnection> ConnectAsync(CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw new IOException("connection refused");
        }
    }
}
