using System.Globalization;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Protocol;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Orleans.Runtime;
using CreateMode = Coordination.Protocol.CreateMode;
using ErrorCode = Coordination.Protocol.ErrorCode;
using Permissions = Coordination.Protocol.Permissions;
using RawErrorCode = Coordination.Testing.RawProtocol.ErrorCode;
using WatchEventType = Coordination.Protocol.WatchEventType;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>What a client of Microsoft Orleans gets from silos in other processes.</summary>
public sealed class OrleansClientTests
{
    private const int SessionTimeout = 8_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ItsIdentitiesAreHeldToAcls()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2 });
        await using var client = await OrleansClient.ConnectAsync(cluster);
        var ticket = await client.Session(1).OpenAsync(
            new SessionOpening(SessionTimeout, Credentials: [new Credential("digest", "taier:secret"u8.ToArray())]));
        var acl = new Acl(Permissions.All, Assert.Single(ticket.Identities));
        var created = await client.Znode("/private").CreateAsync(new ZnodeCreation([1, 2], Acl: [acl]), ticket);
        Assert.Equal("/private", created.Path);

        Assert.Equal([1, 2], (await client.Znode("/private").GetAsync(ticket)).Data);
        Assert.Equal(created.Stat, await client.Znode("/private").ExistsAsync(ticket));
        Assert.Equal([acl], (await client.Znode("/private").GetAclAsync(ticket)).Acl);
        var refusal = await Assert.ThrowsAsync<ZnodeException>(() => client.Znode("/private").GetAsync());
        Assert.Equal((ErrorCode.NoAuth, "/private"), (refusal.Code, refusal.Path));
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[1]);
        Assert.Equal(RawErrorCode.NoAuth, (await other.GetDataAsync("/private")).Error);

        Assert.Equal(1, (await client.Znode("/private").SetAsync(null, 0, ticket)).Version);
        refusal = await Assert.ThrowsAsync<ZnodeException>(() => client.Znode("/private").DeleteAsync(0, ticket));
        Assert.Equal(ErrorCode.BadVersion, refusal.Code);
        await client.Znode("/private").SetAclAsync([Acl.Open], 0, ticket);
        Assert.Null((await client.Znode("/private").GetAsync()).Data);
        Assert.Contains("private", (await client.Znode("/").GetChildrenAsync()).Names);
        await client.Znode("/private").DeleteAsync();
        Assert.Null(await client.Znode("/private").ExistsAsync());
    }

    [Fact]
    public async Task ItFindsItsOwnWritesAtOnceWhereverTheGrainsAre()
    {
        const int Jobs = 300;
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions());
        await using var client = await OrleansClient.ConnectAsync(cluster);
        var session = await GrainSession.OpenAsync(client.Grains, 4, new SessionOpening(5 * SessionTimeout));
        await session.Znode("/jobs").CreateAsync(new ZnodeCreation(null));
        var last = (await session.Znode("/last").CreateAsync(new ZnodeCreation(null))).Stat;
        for (int i = 0; i < Jobs; i++)
        {
            await session.Znode($"/jobs/{i}").CreateAsync(new ZnodeCreation([1]));
            Assert.True(await session.KeepAliveAsync());
            var children = await session.Znode("/jobs").GetChildrenAsync();
            Assert.Equal(i + 1, children.Names.Length);
            Assert.Equal(last, await session.Znode("/last").ExistsAsync());
            last = await session.Znode("/last").SetAsync([2]);
            await session.Znode($"/jobs/{i}").SetAsync([2]);
            Assert.Equal([2], (await new GrainSession(client.Grains, session.Ticket).Znode($"/jobs/{i}").GetAsync()).Data);
        }
        await session.CloseAsync();
    }

    [Fact]
    public async Task WhatItIsToldOfItCanReadAtOnce()
    {
        const int Jobs = 200;
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions());
        await using var client = await OrleansClient.ConnectAsync(cluster);
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        other.KeepAlive(TimeSpan.FromSeconds(1));
        var session = await GrainSession.OpenAsync(client.Grains, 6, new SessionOpening(SessionTimeout));
        await session.Znode("/jobs").CreateAsync(new ZnodeCreation(null));
        // Its events come from the silo of one grain, and what is read then from that of another.
        var reader = new EventReader(session);
        await session.Znode("/jobs").SubscribeRecursivelyAsync(reader);
        await other.SyncAsync("/jobs");
        for (int i = 0; i < Jobs; i++)
            Assert.True((await other.CreateAsync($"/jobs/{i}", [1])).IsOk);
        await Eventually.TrueAsync(() => reader.Read == Jobs, s_patience, () => $"{reader.Read} of {Jobs} were read");
        Assert.Empty(reader.Missing);
        await session.CloseAsync();
    }

    [Fact]
    public async Task ItHearsOfChangesAndItsEphemeralsGoWithItsSession()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2 });
        await using var client = await OrleansClient.ConnectAsync(cluster);
        await using var other = await RawZooKeeperClient.ConnectAsync(cluster.EndPoints[0]);
        other.KeepAlive(TimeSpan.FromSeconds(1));
        var recorder = new EventRecorder();
        var observer = client.Grains.CreateObjectReference<IZnodeObserver>(recorder);
        await client.Znode("/node").SubscribeAsync(observer);

        var ticket = await client.Session(2).OpenAsync(new SessionOpening(SessionTimeout));
        var created = await client.Znode("/node").CreateAsync(new ZnodeCreation(null, CreateMode.Ephemeral), ticket);
        Assert.Equal(2, created.Stat.EphemeralOwner);
        await other.SyncAsync("/node");
        await other.SetDataAsync("/node", [7]);
        await client.Session(2).CloseAsync(ticket.AttachZxid);

        await Eventually.TrueAsync(() => recorder.Events.Count == 3, s_patience, () => $"{recorder.Events.Count} of 3 events came");
        Assert.Equal(
            [WatchEventType.NodeCreated, WatchEventType.NodeDataChanged, WatchEventType.NodeDeleted],
            recorder.Events.Select(one => one.Type));
        Assert.Equal(recorder.Events.OrderBy(one => one.Zxid), recorder.Events);
        Assert.Equal(created.Stat.Czxid, recorder.Events[0].Zxid);
        GC.KeepAlive(recorder);
    }

    [Fact]
    public async Task NumbersAreGivenOutOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 2 });
        await using var client = await OrleansClient.ConnectAsync(cluster);
        var blocks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Sequencer.TakeAsync("jobs", 10)));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(number => (long)number),
            blocks.OrderBy(block => block.First).SelectMany(block => Enumerable.Range(0, block.Count).Select(i => block.First + i)));
        Assert.Equal("0000000200", await client.Sequencer.TakeSuffixAsync("jobs"));
        Assert.True(await client.Sequencer.GetLastZxidAsync() >= blocks.Max(block => block.Zxid));
    }

    [Fact]
    public async Task ItSurvivesTheDeathOfTheSiloThatItTalksTo()
    {
        int[] ports = [FreePort.Take(), FreePort.Take(), FreePort.Take()];
        await using var cluster = await SiloCluster.StartAsync(new ClusterOptions
        {
            Arguments = number => ["--silo-port", ports[number].ToString(CultureInfo.InvariantCulture)],
        });
        await using var client = await OrleansClient.ConnectAsync(cluster);
        var session = client.Session(3);
        var ticket = await session.OpenAsync(new SessionOpening(SessionTimeout));
        await client.Znode("/mine").CreateAsync(new ZnodeCreation([1], CreateMode.Ephemeral), ticket);
        var recorder = new EventRecorder();
        var observer = client.Grains.CreateObjectReference<IZnodeObserver>(recorder);
        await client.Znode("/mine").SubscribeAsync(observer, ticket);

        var host = await client.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(session);
        int victim = Array.IndexOf(ports, host!.Endpoint.Port);
        await cluster.Silos[victim].KillAsync();

        var survivor = cluster.EndPoints[(victim + 1) % 3];
        await using var other = await RawZooKeeperClient.ConnectAsync(survivor);
        other.KeepAlive(TimeSpan.FromSeconds(1));
        int old = recorder.Events.Count;
        // Long enough for the session to end more than once, were it not attached anew and kept alive.
        var until = DateTime.UtcNow + (2.5 * TimeSpan.FromMilliseconds(SessionTimeout));
        int calls = 0;
        while (DateTime.UtcNow < until || calls == 0)
        {
            if (await OrleansClient.TryAsync(async () => ticket = await OrleansClient.KeepAliveAsync(session, ticket)))
                calls++;
            await other.SyncAsync("/mine");
            Assert.True((await other.ExistsAsync("/mine")).IsOk, $"the ephemeral is gone, {calls} calls after the silo");
            await Task.Delay(200);
        }

        await Eventually.TrueAsync(
            () => OrleansClient.TryAsync(() => client.Znode("/mine").SubscribeAsync(observer, ticket)), s_patience,
            () => "nobody takes a subscription");
        await client.Znode("/mine").SetAsync([2], ticket: ticket);
        await Eventually.TrueAsync(() => recorder.Events.Count > old, s_patience, () => "no event came after the silo's death");
        await client.Session(3).CloseAsync(ticket.AttachZxid);
        await other.SyncAsync("/mine");
        Assert.False((await other.ExistsAsync("/mine")).IsOk);
        GC.KeepAlive(recorder);
    }
}
