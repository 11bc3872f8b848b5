using System.Text;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Znodes;

public sealed class ZnodeGrainTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SiloInProcess _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task WhatIsCreatedCanBeRead()
    {
        var created = await CreateAsync("/a", "data");
        Assert.Equal("/a", created.Path);
        Assert.Equal(_silo.Replica.LastZxid, created.Stat.Czxid);
        Assert.Equal(created.Stat.Czxid, created.Stat.Mzxid);
        Assert.Equal((0, 0, 0, 0L, 4, 0), (
            created.Stat.Version, created.Stat.Cversion, created.Stat.Aversion, created.Stat.EphemeralOwner,
            created.Stat.DataLength, created.Stat.NumChildren));

        var data = await _silo.Znode("/a").GetAsync();
        Assert.Equal("data", Text(data.Data));
        Assert.Equal(created.Stat, data.Stat);
        Assert.Equal(created.Stat, await _silo.Znode("/a").ExistsAsync());
        Assert.Null(await _silo.Znode("/b").ExistsAsync());
    }

    [Fact]
    public async Task NothingIsReadWhereItMayBeTooOld()
    {
        await CreateAsync("/a", "data");
        _silo.Tracker.FreshUntil(_silo.Tracker.Now);
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => _silo.Znode("/a").GetAsync());
        await Refusal.IsAsync(ErrorCode.ConnectionLoss, () => _silo.Znode("/a").ExistsAsync());
        _silo.Tracker.FreshUntil(long.MaxValue);
        Assert.Equal("data", Text((await _silo.Znode("/a").GetAsync()).Data));
    }

    [Fact]
    public async Task NullDataIsNotEmptyData()
    {
        await _silo.Znode("/null").CreateAsync(new ZnodeCreation(null));
        await _silo.Znode("/empty").CreateAsync(new ZnodeCreation([]));
        Assert.Null((await _silo.Znode("/null").GetAsync()).Data);
        Assert.Empty((await _silo.Znode("/empty").GetAsync()).Data!);
        await _silo.Znode("/empty").SetAsync(null);
        await _silo.Znode("/null").SetAsync([]);
        await RestartAsync();
        Assert.Null((await _silo.Znode("/empty").GetAsync()).Data);
        Assert.Empty((await _silo.Znode("/null").GetAsync()).Data!);
    }

    [Fact]
    public async Task SequentialZnodesCountTheirParentsCreates()
    {
        await CreateAsync("/q", "");
        var ticket = await _silo.OpenSessionAsync(1);
        var creation = new ZnodeCreation(null, CreateMode.PersistentSequential);
        Assert.Equal("/q/n-0000000000", (await _silo.Znode("/q/n-").CreateAsync(creation)).Path);
        Assert.Equal("/q/n-0000000001", (await _silo.Znode("/q/n-").CreateAsync(creation)).Path);
        Assert.Equal("/q/0000000002", (await _silo.Znode("/q/").CreateAsync(creation)).Path);
        await CreateAsync("/q/other", "");
        var ephemeral = await _silo.Znode("/q/e-").CreateAsync(
            new ZnodeCreation([1], CreateMode.EphemeralSequential), ticket);
        Assert.Equal("/q/e-0000000004", ephemeral.Path);
        Assert.Equal(1, ephemeral.Stat.EphemeralOwner);
        var children = await _silo.Znode("/q").GetChildrenAsync();
        Assert.Equal(["0000000002", "e-0000000004", "n-0000000000", "n-0000000001", "other"], children.Names);
        Assert.Equal((5, 5, ephemeral.Stat.Czxid), (children.Stat.Cversion, children.Stat.NumChildren, children.Stat.Pzxid));
    }

    [Fact]
    public async Task SequentialCreatesOfManyAtOnceGetNamesOfTheirOwn()
    {
        await CreateAsync("/q", "");
        var creation = new ZnodeCreation(null, CreateMode.PersistentSequential);
        var created = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => _silo.Znode("/q/n-").CreateAsync(creation)));
        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"/q/n-{i:D10}"),
            created.OrderBy(znode => znode.Stat.Czxid).Select(znode => znode.Path));
    }

    [Fact]
    public async Task EphemeralsBelongToTheSessionOfTheTicket()
    {
        var ticket = await _silo.OpenSessionAsync(0x17);
        var creation = new ZnodeCreation(null, CreateMode.Ephemeral);
        Assert.Equal(0x17, (await _silo.Znode("/e").CreateAsync(creation, ticket)).Stat.EphemeralOwner);
        await Refusal.IsAsync(ErrorCode.NoChildrenForEphemerals, () => CreateAsync("/e/child", ""));
        await Refusal.IsAsync(ErrorCode.SessionExpired, () => _silo.Znode("/f").CreateAsync(creation));
        await Refusal.IsAsync(
            ErrorCode.SessionExpired, () => _silo.Znode("/f").CreateAsync(creation, ticket with { SessionId = 0x18 }));
        await Refusal.IsAsync(
            ErrorCode.SessionMoved, () => _silo.Znode("/f").CreateAsync(creation, ticket with { AttachZxid = 1 }));
        await _silo.Session(0x17).CloseAsync(ticket.AttachZxid);
        Assert.Null(await _silo.Znode("/e").ExistsAsync());
        await Refusal.IsAsync(ErrorCode.SessionExpired, () => _silo.Znode("/f").CreateAsync(creation, ticket));
    }

    [Fact]
    public async Task VersionsAreCheckedAndCounted()
    {
        var created = await CreateAsync("/a", "0");
        var stat = await _silo.Znode("/a").SetAsync(Writes.Utf8("1"), 0);
        Assert.Equal((1, 1), (stat.Version, stat.DataLength));
        Assert.True(stat.Mzxid > created.Stat.Mzxid);
        Assert.Equal(created.Stat.Czxid, stat.Czxid);
        await Refusal.IsAsync(ErrorCode.BadVersion, () => _silo.Znode("/a").SetAsync(null, 0));
        Assert.Equal(2, (await _silo.Znode("/a").SetAsync(Writes.Utf8("2"))).Version);
        Assert.Equal("2", Text((await _silo.Znode("/a").GetAsync()).Data));
        await Refusal.IsAsync(ErrorCode.BadVersion, () => _silo.Znode("/a").DeleteAsync(1));
        await _silo.Znode("/a").DeleteAsync(2);
        Assert.Null(await _silo.Znode("/a").ExistsAsync());
        Assert.Equal(0, (await CreateAsync("/a", "")).Stat.Version);
    }

    [Fact]
    public async Task OneOfManyThatSetAVersionSucceeds()
    {
        await CreateAsync("/a", "");
        for (int version = 0; version < 20; version++)
        {
            int seen = version;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SetAsync(seen, (byte)i)));
            Assert.Single(outcomes, ErrorCode.Ok);
            Assert.Equal(9, outcomes.Count(error => error == ErrorCode.BadVersion));
        }
        Assert.Equal(20, (await _silo.Znode("/a").GetAsync()).Stat.Version);

        async Task<ErrorCode> SetAsync(int version, byte data)
        {
            try
            {
                await _silo.Znode("/a").SetAsync([data], version);
                return ErrorCode.Ok;
            }
            catch (ZnodeException refusal)
            {
                return refusal.Code;
            }
        }
    }

    [Fact]
    public async Task RefusalsHaveZooKeepersCodes()
    {
        await CreateAsync("/a", "");
        await CreateAsync("/a/b", "");
        await Refusal.IsAsync(ErrorCode.NodeExists, () => CreateAsync("/a", ""));
        await Refusal.IsAsync(ErrorCode.NodeExists, () => CreateAsync("/", ""));
        await Refusal.IsAsync(ErrorCode.NoNode, () => CreateAsync("/x/y", ""));
        await Refusal.IsAsync(ErrorCode.NotEmpty, () => _silo.Znode("/a").DeleteAsync());
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").DeleteAsync());
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").GetAsync());
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").SetAsync(null));
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").GetChildrenAsync());
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").GetAclAsync());
        await Refusal.IsAsync(ErrorCode.NoNode, () => _silo.Znode("/x").SetAclAsync([Acl.Open]));
        await Refusal.IsAsync(ErrorCode.BadArguments, () => _silo.Znode("/").DeleteAsync());
        await Refusal.IsAsync(ErrorCode.BadArguments, () => _silo.Znode("/zookeeper").DeleteAsync());
        await Refusal.IsAsync(ErrorCode.InvalidAcl, () => _silo.Znode("/c").CreateAsync(new ZnodeCreation(null, Acl: [])));
        await Refusal.IsAsync(ErrorCode.InvalidAcl, () => _silo.Znode("/a").SetAclAsync([]));
        await Refusal.IsAsync(
            ErrorCode.BadArguments, () => _silo.Znode("/c").CreateAsync(new ZnodeCreation(null, (CreateMode)17)));
        Assert.Equal("/a/b", (await Assert.ThrowsAsync<ZnodeException>(() => CreateAsync("/a/b", ""))).Path);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("/a/")]
    [InlineData("//a")]
    [InlineData("/a/..")]
    [InlineData("/a\0b")]
    [InlineData("/a\u0001")]
    public async Task APathThatBreaksTheRulesCannotBeCreated(string path)
    {
        await CreateAsync("/a", "");
        await Refusal.IsAsync(ErrorCode.BadArguments, () => CreateAsync(path, ""));
    }

    [Fact]
    public async Task PathsMayHaveAnyWriting()
    {
        string[] names = ["plätze", "任务", "a b", "%2f", "..."];
        foreach (string name in names)
            await CreateAsync($"/{name}", name);
        await RestartAsync();
        foreach (string name in names)
            Assert.Equal(name, Text((await _silo.Znode($"/{name}").GetAsync()).Data));
        Assert.Equal(
            names.Append("zookeeper").OrderBy(name => Encoding.UTF8.GetBytes(name), new ByteOrder()),
            (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task TheRootIsAZnodeAsAnyOther()
    {
        Assert.NotNull(await _silo.Znode("/").ExistsAsync());
        Assert.Equal(1, (await _silo.Znode("/").SetAsync(Writes.Utf8("root"), 0)).Version);
        Assert.Equal("root", Text((await _silo.Znode("/").GetAsync()).Data));
        Assert.Equal(["zookeeper"], (await _silo.Znode("/").GetChildrenAsync()).Names);
    }

    [Fact]
    public async Task AclsAreSetByVersionAndKept()
    {
        await CreateAsync("/a", "");
        var acl = await _silo.Znode("/a").GetAclAsync();
        Assert.Equal([Acl.Open], acl.Acl);
        Assert.Equal(0, acl.Stat.Aversion);
        Acl[] readable = [Acl.ReadOnly, new Acl(Permissions.Admin, Identity.Anyone)];
        Assert.Equal(1, (await _silo.Znode("/a").SetAclAsync(readable, 0)).Aversion);
        await Refusal.IsAsync(ErrorCode.BadVersion, () => _silo.Znode("/a").SetAclAsync([Acl.Open], 0));
        await Refusal.IsAsync(ErrorCode.NoAuth, () => _silo.Znode("/a").SetAsync(null));
        await RestartAsync();
        acl = await _silo.Znode("/a").GetAclAsync();
        Assert.Equal(readable, acl.Acl);
        Assert.Equal(1, acl.Stat.Aversion);
        Assert.Equal(2, (await _silo.Znode("/a").SetAclAsync([Acl.Open])).Aversion);
        await _silo.Znode("/a").SetAsync(null);
    }

    [Fact]
    public async Task AWriteIsSeenByWhoeverReadsAfterItsReply()
    {
        await CreateAsync("/a", "");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                var stat = await _silo.Znode("/a").SetAsync([1]);
                var read = (await _silo.Znode("/a").GetAsync()).Stat;
                Assert.True(read.Version >= stat.Version && read.Mzxid >= stat.Mzxid);
            }
        }));
        Assert.Equal(800, (await _silo.Znode("/a").ExistsAsync())!.Value.Version);
    }

    private static string Text(byte[]? data) => Encoding.UTF8.GetString(data!);

    private Task<CreatedZnode> CreateAsync(string path, string data) =>
        _silo.Znode(path).CreateAsync(new ZnodeCreation(Writes.Utf8(data)));

    private async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        _silo = await SiloInProcess.StartAsync(_folder.Path);
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
