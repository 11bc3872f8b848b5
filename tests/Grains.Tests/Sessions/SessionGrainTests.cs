using Coordination.Engine.Security;
using Coordination.Grains.Messages;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Sessions;

public sealed class SessionGrainTests : IAsyncLifetime
{
    private const long Id = 0x1234_5678_9abc_def0;

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private SiloInProcess _silo = null!;

    private ISessionGrain Session => _silo.Session(Id);

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnOpenSessionIsInTheLogAndOnItsSilo()
    {
        var credential = new Credential("digest", Writes.Utf8("alice:secret"));
        var ticket = await Session.OpenAsync(new SessionOpening(10_000, Credentials: [credential]));
        Assert.Equal(Id, ticket.SessionId);
        Assert.Equal(16, ticket.Password.Length);
        Assert.Equal(10_000, ticket.TimeoutMilliseconds);
        Assert.Equal(_silo.Replica.LastZxid, ticket.AttachZxid);
        Assert.Equal([DigestIdentity.FromCredentials("alice:secret"u8)], ticket.Identities);

        var session = _silo.Replica.State.Sessions[Id];
        Assert.Equal(ticket.Password, session.Password.ToArray());
        Assert.Equal(
            (10_000, ticket.AttachZxid, _silo.Replica.Identity),
            (session.TimeoutMilliseconds, session.AttachZxid, session.Silo));
        Assert.Equal(ticket.AttachZxid, _silo.Tracker.Find(Id)!.AttachZxid);
        Assert.NotEqual(ticket.Password, (await _silo.OpenSessionAsync(2)).Password);
    }

    [Fact]
    public async Task AnIdIsOpenedOnce()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            try
            {
                await _silo.OpenSessionAsync(Id);
                return ErrorCode.Ok;
            }
            catch (ZnodeException refusal)
            {
                return refusal.Code;
            }
        }));
        Assert.Single(opened, ErrorCode.Ok);
        Assert.Equal(4, opened.Count(code => code == ErrorCode.NodeExists));
        await Refusal.IsAsync(ErrorCode.BadArguments, () => _silo.OpenSessionAsync(0));
        Assert.Equal(1, _silo.Tracker.Count);
    }

    [Theory]
    [InlineData(int.MinValue, 4_000)]
    [InlineData(0, 4_000)]
    [InlineData(3_999, 4_000)]
    [InlineData(4_001, 4_001)]
    [InlineData(40_001, 40_000)]
    [InlineData(int.MaxValue, 40_000)]
    public async Task ATimeoutIsClamped(int asked, int granted)
    {
        var ticket = await Session.OpenAsync(new SessionOpening(asked));
        Assert.Equal(granted, ticket.TimeoutMilliseconds);
        Assert.Equal(granted, _silo.Replica.State.Sessions[Id].TimeoutMilliseconds);
        ticket = await Session.AttachAsync(ticket.Password, new SessionOpening(20_000));
        Assert.Equal(20_000, ticket!.TimeoutMilliseconds);
        ticket = await Session.AttachAsync(ticket.Password, new SessionOpening(asked));
        Assert.Equal(granted, ticket!.TimeoutMilliseconds);
        Assert.Equal(granted, _silo.Tracker.Find(Id)!.TimeoutMilliseconds);
    }

    [Fact]
    public async Task OnlyThePasswordOpensTheSessionAgain()
    {
        var ticket = await _silo.OpenSessionAsync(Id);
        string before = _silo.Replica.State.Describe();
        var opening = new SessionOpening(10_000);
        Assert.Null(await Session.AttachAsync(new byte[16], opening));
        Assert.Null(await Session.AttachAsync([], opening));
        Assert.Null(await Session.AttachAsync(ticket.Password[..15], opening));
        Assert.Null(await Session.AttachAsync([.. ticket.Password, 0], opening));
        Assert.Null(await _silo.Session(Id + 1).AttachAsync(ticket.Password, opening));
        Assert.Equal(before, _silo.Replica.State.Describe());
        Assert.True(await Session.PingAsync(ticket.AttachZxid));
    }

    [Fact]
    public async Task AnAttachmentTakesTheSessionFromWhoeverHadIt()
    {
        var first = await _silo.OpenSessionAsync(Id);
        var connection = new Connection();
        Assert.NotNull(_silo.Tracker.Bind(Id, first.AttachZxid, connection));
        var ephemeral = new ZnodeCreation([], CreateMode.Ephemeral);
        await _silo.Znode("/e").CreateAsync(ephemeral, first);
        var second = (await Session.AttachAsync(first.Password, new SessionOpening(5_000)))!;

        Assert.True(second.AttachZxid > first.AttachZxid);
        Assert.Equal(first.Password, second.Password);
        Assert.Equal((1, 0), (connection.Moved, connection.Closed));
        Assert.False(await Session.PingAsync(first.AttachZxid));
        Assert.True(await Session.PingAsync(second.AttachZxid));
        Assert.Null(_silo.Tracker.Bind(Id, first.AttachZxid, new Connection()));
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _silo.Znode("/f").CreateAsync(ephemeral, first));
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _silo.Znode("/e").SetAsync([1], -1, first));
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _silo.Znode("/e").SetAclAsync([Acl.Open], -1, first));
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _silo.Znode("/e").DeleteAsync(-1, first));
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => Session.CloseAsync(first.AttachZxid));
        Assert.False(await Session.ExpireAsync(first.AttachZxid));
        Assert.Equal(Id, (await _silo.Znode("/e").ExistsAsync())!.Value.EphemeralOwner);
        await _silo.Znode("/e").DeleteAsync(-1, second);
    }

    [Fact]
    public async Task AttachedToAnotherSiloItIsThatSilosToPing()
    {
        var first = await _silo.OpenSessionAsync(Id);
        var connection = new Connection();
        _silo.Tracker.Bind(Id, first.AttachZxid, connection);
        var there = (await Session.AttachAsync(first.Password, new SessionOpening(5_000, Silo: Guid.NewGuid())))!;
        Assert.Null(_silo.Tracker.Find(Id));
        Assert.Equal((1, 0), (connection.Moved, connection.Closed));
        Assert.False(await Session.PingAsync(there.AttachZxid));
        var back = (await Session.AttachAsync(first.Password, new SessionOpening(5_000)))!;
        Assert.True(await Session.PingAsync(back.AttachZxid));
    }

    [Fact]
    public async Task ACloseDeletesTheEphemeralsInOneZxid()
    {
        var ticket = await _silo.OpenSessionAsync(Id);
        var other = await _silo.OpenSessionAsync(2);
        await _silo.Znode("/p").CreateAsync(new ZnodeCreation([]));
        await _silo.Znode("/q").CreateAsync(new ZnodeCreation([]));
        var ephemeral = new ZnodeCreation([], CreateMode.Ephemeral);
        string[] paths = ["/p/1", "/p/2", "/q/1", "/top"];
        var listener = new ZnodeListener();
        var reference = _silo.Grains.CreateObjectReference<IZnodeObserver>(listener);
        foreach (string path in paths)
        {
            await _silo.Znode(path).CreateAsync(ephemeral, ticket);
            await _silo.Znode(path).SubscribeAsync(reference);
        }
        await _silo.Znode("/p/others").CreateAsync(ephemeral, other);
        var connection = new Connection();
        _silo.Tracker.Bind(Id, ticket.AttachZxid, connection);
        long before = _silo.Replica.LastZxid;
        await Session.CloseAsync(ticket.AttachZxid);

        Assert.Equal(before + 1, _silo.Replica.LastZxid);
        var events = await listener.Events.ExactlyAsync(paths.Length);
        Assert.Equal(paths, events.Select(znodeEvent => znodeEvent.Path).Order());
        Assert.All(events, znodeEvent => Assert.Equal(WatchEventType.NodeDeleted, znodeEvent.Type));
        Assert.All(events, znodeEvent => Assert.Equal(before + 1, znodeEvent.Zxid));
        Assert.Equal(["others"], (await _silo.Znode("/p").GetChildrenAsync()).Names);
        Assert.Equal(before + 1, (await _silo.Znode("/p").ExistsAsync())!.Value.Pzxid);
        Assert.Equal(before + 1, (await _silo.Znode("/q").ExistsAsync())!.Value.Pzxid);
        Assert.Equal((0, 1), (connection.Moved, connection.Closed));
        Assert.Null(_silo.Tracker.Find(Id));
        Assert.False(await Session.PingAsync(ticket.AttachZxid));
        Assert.Null(await Session.AttachAsync(ticket.Password, new SessionOpening(5_000)));
        await Refusal.IsAsync(ErrorCode.SessionExpired, () => _silo.Znode("/p").SetAsync([1], -1, ticket));
        Assert.Equal(1, _silo.Replica.State.EphemeralCount);
    }

    [Fact]
    public async Task WhatIsClosedMayBeClosedAgainAndOpenedAnew()
    {
        var ticket = await _silo.OpenSessionAsync(Id);
        await Session.CloseAsync(ticket.AttachZxid);
        await Session.CloseAsync(ticket.AttachZxid);
        Assert.True(await Session.ExpireAsync(ticket.AttachZxid));
        var anew = await _silo.OpenSessionAsync(Id);
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => Session.CloseAsync(ticket.AttachZxid));
        Assert.True(await Session.ExpireAsync(anew.AttachZxid));
        Assert.Empty(_silo.Replica.State.Sessions);
    }

    [Fact]
    public async Task EphemeralsThatAreInFlightGoWithTheirSessionToo()
    {
        var ticket = await _silo.OpenSessionAsync(Id);
        var creation = new ZnodeCreation([], CreateMode.Ephemeral);
        var creates = Enumerable.Range(0, 100).Select(async i =>
        {
            try
            {
                await _silo.Znode($"/e{i}").CreateAsync(creation, ticket);
            }
            catch (ZnodeException refusal)
            {
                Assert.Equal(ErrorCode.SessionExpired, refusal.Code);
            }
        }).ToArray();
        await Session.CloseAsync(ticket.AttachZxid);
        await Task.WhenAll(creates);
        Assert.Equal(0, _silo.Replica.State.EphemeralCount);
        Assert.Equal(["zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task AfterARestartASessionIsThereWithItsFullTimeout()
    {
        var ticket = await _silo.OpenSessionAsync(Id, 10_000);
        await _silo.Znode("/e").CreateAsync(new ZnodeCreation([], CreateMode.Ephemeral), ticket);
        _time.Advance(TimeSpan.FromSeconds(9));
        await RestartAsync();
        Assert.True(await Session.PingAsync(ticket.AttachZxid));
        await _silo.Znode("/e").SetAsync([1], -1, ticket);

        await RestartAsync();
        Assert.Empty(Turn(TimeSpan.FromSeconds(2), times: 5));
        var silent = Assert.Single(Turn(TimeSpan.FromSeconds(2), times: 1));
        Assert.Equal((Id, ticket.AttachZxid), (silent.Id, silent.AttachZxid));
        Assert.True(await Session.ExpireAsync(silent.AttachZxid));
        Assert.Null(await _silo.Znode("/e").ExistsAsync());
    }

    [Fact]
    public async Task APingKeepsASessionAlive()
    {
        var ticket = await _silo.OpenSessionAsync(Id, 4_000);
        var forgotten = await _silo.OpenSessionAsync(2, 4_000);
        for (int i = 0; i < 10; i++)
        {
            var silent = Turn(TimeSpan.FromSeconds(2), times: 1);
            if (silent.Count > 0)
            {
                Assert.Equal(2, Assert.Single(silent).Id);
                Assert.True(await _silo.Session(2).ExpireAsync(forgotten.AttachZxid));
            }
            Assert.True(await Session.PingAsync(ticket.AttachZxid));
        }
        Assert.Equal([Id], _silo.Replica.State.Sessions.Keys);
    }

    [Fact]
    public async Task ASiloThatMayServeNobodyAnswersNoPing()
    {
        var ticket = await _silo.OpenSessionAsync(Id);
        _silo.Tracker.ServeUntil(_silo.Tracker.Now + 1_000);
        Assert.True(await Session.PingAsync(ticket.AttachZxid));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => Session.PingAsync(ticket.AttachZxid));
        _silo.Tracker.ServeUntil(long.MaxValue);
        Assert.True(await Session.PingAsync(ticket.AttachZxid));
        _silo.Tracker.FreshUntil(_silo.Tracker.Now);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => Session.PingAsync(ticket.AttachZxid));
        _silo.Tracker.FreshUntil(long.MaxValue);
        _silo.Tracker.Leave();
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => Session.PingAsync(ticket.AttachZxid));
    }

    [Fact]
    public async Task AWriteOfAMovedSessionIsRefusedEvenWhileTheMoveIsInFlight()
    {
        var first = await _silo.OpenSessionAsync(Id);
        await Patience.UntilAsync(() => _silo.Pipeline.RequestsInFlight == 0, "the opening is over");
        var attached = Session.AttachAsync(first.Password, new SessionOpening(5_000));
        await Patience.UntilAsync(
            () => _silo.Pipeline.RequestsInFlight > 0 || attached.IsCompleted, "the attachment is validated");
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _silo.Znode("/").SetAsync([1], -1, first));
        await _silo.Znode("/").SetAsync([1], -1, await attached);
    }

    private List<TrackedSession> Turn(TimeSpan tick, int times)
    {
        var silent = new List<TrackedSession>();
        for (int i = 0; i < times; i++)
        {
            _time.Advance(tick);
            silent.AddRange(_silo.Tracker.Turn());
        }
        return silent;
    }

    private async Task StartAsync() =>
        _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings { Time = _time });

    private async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        await StartAsync();
    }
}
