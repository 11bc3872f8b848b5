using Coordination.Engine.Security;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Znodes;

/// <summary>A znode that is one user's: whoever else comes is refused, whatever it asks for.</summary>
public sealed class ZnodeAccessTests : IAsyncLifetime
{
    private static readonly Identity _alice = DigestIdentity.FromCredentials("alice:secret"u8);
    private static readonly ZnodeCreation _hers = new([1], Acl: [new Acl(Permissions.All, new Identity("auth", ""))]);

    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;
    private SessionTicket _owner = null!;
    private SessionTicket? _outsider;

    private IZnodeGrain Hers => _silo.Znode("/hers");

    public async Task InitializeAsync()
    {
        _silo = await SiloInProcess.StartAsync(_folder.Path);
        _owner = await _silo.OpenSessionAsync(1, credentials: Digest("alice:secret"));
        await Hers.CreateAsync(_hers, _owner);
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice:wrong")]
    [InlineData("bob:secret")]
    public async Task AnOutsiderIsRefusedWhateverItAsksFor(string? credentials)
    {
        if (credentials is not null)
        {
            _outsider = credentials.Length == 0
                ? await _silo.OpenSessionAsync(2)
                : await _silo.OpenSessionAsync(2, credentials: Digest(credentials));
        }
        await RefusedAsync(() => Hers.GetAsync(_outsider));
        await RefusedAsync(() => Hers.ExistsAsync(_outsider));
        await RefusedAsync(() => Hers.GetChildrenAsync(_outsider));
        await RefusedAsync(() => Hers.GetAclAsync(_outsider));
        await RefusedAsync(() => Hers.SetAsync([2], -1, _outsider));
        await RefusedAsync(() => Hers.SetAclAsync([Acl.Open], -1, _outsider));
        await RefusedAsync(() => _silo.Znode("/hers/child").CreateAsync(new ZnodeCreation([]), _outsider));
        await _silo.Znode("/hers/child").CreateAsync(new ZnodeCreation([]), _owner);
        await RefusedAsync(() => _silo.Znode("/hers/child").DeleteAsync(-1, _outsider));

        static Task RefusedAsync(Func<Task> ask) => Refusal.IsAsync(ErrorCode.NoAuth, ask);
    }

    [Fact]
    public async Task TheOwnerMayDoEverything()
    {
        Assert.Equal([_alice], _owner.Identities);
        Assert.Equal([1], (await Hers.GetAsync(_owner)).Data);
        Assert.NotNull(await Hers.ExistsAsync(_owner));
        Assert.Empty((await Hers.GetChildrenAsync(_owner)).Names);
        Assert.Equal(1, (await Hers.SetAsync([2], 0, _owner)).Version);
        Assert.Equal([new Acl(Permissions.All, _alice)], (await Hers.GetAclAsync(_owner)).Acl);
        await _silo.Znode("/hers/child").CreateAsync(new ZnodeCreation([]), _owner);
        await _silo.Znode("/hers/child").DeleteAsync(-1, _owner);
        await Hers.SetAclAsync([Acl.Open], 0, _owner);
        await Hers.GetAsync();
    }

    [Fact]
    public async Task IdentitiesComeWithTheTicketNotWithTheSession()
    {
        var anew = await _silo.Session(1).AttachAsync(_owner.Password, new SessionOpening(10_000));
        await Refusal.IsAsync(ErrorCode.NoAuth, () => Hers.GetAsync(anew));
        anew = await _silo.Session(1).AttachAsync(
            _owner.Password, new SessionOpening(10_000, Credentials: [Digest("bob:x"), Digest("alice:secret")]));
        Assert.Equal([1], (await Hers.GetAsync(anew)).Data);
    }

    [Fact]
    public async Task AnAclShowsDigestsOnlyToOneWhoMaySetIt()
    {
        Acl[] acl = [new Acl(Permissions.All, _alice), Acl.ReadOnly];
        await Hers.SetAclAsync(acl, -1, _owner);
        Assert.Equal(acl, (await Hers.GetAclAsync(_owner)).Acl);
        Acl[] masked = [new Acl(Permissions.All, new Identity("digest", "alice:x")), Acl.ReadOnly];
        Assert.Equal(masked, (await Hers.GetAclAsync()).Acl);
    }

    [Fact]
    public async Task WhoMayDeleteIsWrittenOnTheParent()
    {
        await _silo.Znode("/").SetAclAsync([new Acl(Permissions.All & ~Permissions.Delete, Identity.Anyone)]);
        await Refusal.IsAsync(ErrorCode.NoAuth, () => Hers.DeleteAsync(-1, _owner));
        await _silo.Znode("/").SetAclAsync([Acl.Open]);
        await Hers.DeleteAsync();
    }

    [Fact]
    public async Task AnUnknownSchemeOpensNothing()
    {
        var opening = new SessionOpening(10_000, Credentials: [new Credential("kerberos", [1])]);
        await Refusal.IsAsync(ErrorCode.AuthFailed, () => _silo.Session(9).OpenAsync(opening));
        Assert.False(_silo.Replica.State.Sessions.ContainsKey(9));
        await Refusal.IsAsync(ErrorCode.AuthFailed, () => _silo.Session(1).AttachAsync(_owner.Password, opening));
        // The session is still the owner's.
        Assert.True(await _silo.Session(1).PingAsync(_owner.AttachZxid));
        await Hers.SetAsync([3], -1, _owner);
    }

    [Fact]
    public async Task EventsGoOnlyToThoseWhoMayReadTheZnodeWhenTheyHappen()
    {
        ZnodeListener owner = new(), outsider = new(), nobody = new();
        _outsider = await _silo.OpenSessionAsync(2, credentials: Digest("bob:secret"));
        await Hers.SubscribeAsync(Refer(owner), _owner);
        await Hers.SubscribeAsync(Refer(outsider), _outsider);
        await Hers.SubscribeAsync(Refer(nobody));

        await Hers.SetAsync([2], -1, _owner);
        await _silo.Znode("/hers/child").CreateAsync(new ZnodeCreation([]), _owner);
        await Hers.SetAclAsync([Acl.ReadOnly, new Acl(Permissions.All, _alice)], -1, _owner);
        await _silo.Znode("/hers/child").DeleteAsync(-1, _owner);
        await Hers.SetAclAsync([new Acl(Permissions.All, _alice)], -1, _owner);
        await Hers.DeleteAsync();
        await Hers.CreateAsync(_hers, _owner);
        await Hers.SetAclAsync([Acl.Open], -1, _owner);
        await Hers.DeleteAsync();
        await Hers.CreateAsync(new ZnodeCreation([]));

        Assert.Equal(
            [
                WatchEventType.NodeDataChanged, WatchEventType.NodeChildrenChanged, WatchEventType.NodeChildrenChanged,
                WatchEventType.NodeDeleted, WatchEventType.NodeCreated, WatchEventType.NodeDeleted,
                WatchEventType.NodeCreated,
            ],
            Types(await owner.Events.ExactlyAsync(7)));
        WatchEventType[] readable =
            [WatchEventType.NodeChildrenChanged, WatchEventType.NodeDeleted, WatchEventType.NodeCreated];
        Assert.Equal(readable, Types(await outsider.Events.ExactlyAsync(3)));
        Assert.Equal(readable, Types(await nobody.Events.ExactlyAsync(3)));
    }

    [Fact]
    public async Task ARenewedSubscriptionHasTheNewTicketsIdentities()
    {
        ZnodeListener owner = new(), listener = new();
        var reference = Refer(listener);
        await Hers.SubscribeAsync(Refer(owner), _owner);
        await Hers.SubscribeAsync(reference);
        await Hers.SetAsync([2], -1, _owner);
        // An event is judged when it is told: the first must have been before the listener may read.
        await owner.Events.ExactlyAsync(1);
        await Hers.SubscribeAsync(reference, _owner);
        await Hers.SetAsync([3], -1, _owner);
        Assert.Single(await listener.Events.ExactlyAsync(1));
        await Hers.SubscribeAsync(reference);
        await Hers.SetAsync([4], -1, _owner);
        await listener.Events.ExactlyAsync(1);
    }

    private static Credential Digest(string credentials) => new("digest", Writes.Utf8(credentials));

    private static IEnumerable<WatchEventType> Types(ZnodeEvent[] events) => events.Select(znodeEvent => znodeEvent.Type);

    private IZnodeObserver Refer(ZnodeListener listener) => _silo.Grains.CreateObjectReference<IZnodeObserver>(listener);
}
