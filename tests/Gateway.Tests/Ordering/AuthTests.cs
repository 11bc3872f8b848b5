using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Identities that a connection is given among its other requests.</summary>
public sealed class AuthTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    // ZooKeeper's may overtake answers to what was sent before.
    [SiloFact(Timeout = 120_000)]
    public async Task Auth_is_answered_in_its_place_with_zxid_0()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.Create(1, "/auth-order"),
            Frames.Auth("digest", "anna:secret"),
            Frames.SetData(2, "/auth-order", null),
            Frames.GetData(3, "/auth-order"),
            Frames.Auth("digest", "bert:secret"),
            Frames.GetData(4, "/auth-order"),
            Frames.Auth("digest", "carl:secret"));
        int[] expected = [1, Frames.AuthXid, 2, 3, Frames.AuthXid, 4, Frames.AuthXid];
        foreach (int xid in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal((xid, ErrorCode.Ok), (reply.Xid, reply.Error));
            if (xid != Frames.AuthXid)
                continue;
            Assert.Equal(0, reply.Zxid);
            Assert.Empty(reply.Body);
        }
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Identity_holds_for_the_requests_behind_it_and_not_for_those_before()
    {
        await using var owner = await silo.ConnectAsync();
        await owner.AuthenticateAsync("digest", "owner:secret");
        await owner.CreateAsync("/guarded", [1], acl: AclEntry.CreatorAll);

        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.GetData(1, "/guarded"),
            Frames.SetData(2, "/guarded", null),
            Frames.Auth("digest", "owner:secret"),
            Frames.SetData(3, "/guarded", null),
            Frames.GetData(4, "/guarded"));
        (int Xid, ErrorCode Error)[] expected =
        [
            (1, ErrorCode.NoAuth), (2, ErrorCode.NoAuth), (Frames.AuthXid, ErrorCode.Ok), (3, ErrorCode.Ok),
            (4, ErrorCode.Ok),
        ];
        foreach (var (xid, error) in expected)
        {
            var reply = await wire.ReadReplyAsync();
            Assert.Equal((xid, error), (reply.Xid, reply.Error));
        }

        await owner.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Identities_add_up_and_stay_with_their_connection()
    {
        await using var client = await silo.ConnectAsync();
        foreach (string credentials in (string[])["anna:1", "bert:2", "anna:1"])
            Assert.True((await client.AuthenticateAsync("digest", credentials)).IsOk);
        await client.CreateAsync("/of-both", null, acl: AclEntry.CreatorAll);
        var acl = (await client.GetAclAsync("/of-both")).Value.Entries;
        Assert.Equal(["anna", "bert"], acl.Select(static entry => entry.Id.Split(':')[0]).Order());

        await using var again = await silo.ReattachAsync(client);
        Assert.Equal(ErrorCode.NoAuth, (await again.GetDataAsync("/of-both")).Error);
        Assert.Equal(
            ErrorCode.InvalidAcl, (await again.CreateAsync("/of-nobody", null, acl: AclEntry.CreatorAll)).Error);
        Assert.True((await again.AuthenticateAsync("digest", "bert:2")).IsOk);
        Assert.True((await again.GetDataAsync("/of-both")).IsOk);
        await again.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("kerberos")]
    [InlineData("")]
    [InlineData("world")]
    [InlineData("super")]
    public async Task Unknown_scheme_is_refused_and_the_connection_closed(string scheme)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(
            Frames.GetData(1, "/"),
            Frames.Auth(scheme, "who:ever"),
            Frames.Create(2, "/after-refused-auth"));
        Assert.Equal(1, (await wire.ReadReplyAsync()).Xid);
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal(
            (Frames.AuthXid, 0L, ErrorCode.AuthFailed), (refusal.Xid, refusal.Zxid, refusal.Error));
        Assert.Empty(refusal.Body);
        await wire.ExpectCloseAsync();
        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/after-refused-auth")).Error);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Session_outlives_the_connection_that_was_closed_for_its_scheme()
    {
        await using var client = await silo.ConnectAsync();
        await client.CreateAsync("/outliving", null, CreateMode.Ephemeral);
        Assert.Equal(ErrorCode.AuthFailed, (await client.AuthenticateAsync("kerberos", "ticket")).Error);
        await client.Ended.WaitAsync(RunningSilo.Soon);
        await using var again = await silo.ReattachAsync(client);
        Assert.Equal(again.SessionId, (await again.ExistsAsync("/outliving")).Value.EphemeralOwner);
        await again.CloseSessionAsync();
    }
}
