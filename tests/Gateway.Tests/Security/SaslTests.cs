using System.Text;
using System.Text.RegularExpressions;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Security;

/// <summary>Logins by SASL's DIGEST-MD5, token by token.</summary>
public sealed partial class SaslTests(SecuritySilo silo) : IClassFixture<SecuritySilo>
{
    [SiloFact]
    public void Client_of_these_tests_agrees_with_the_example_of_rfc_2831()
    {
        var client = new DigestMd5Client("chris", "secret", "OA6MHXh6VqTrRk")
        {
            Realm = "elwood.innosoft.com",
            Uri = "imap/elwood.innosoft.com",
        };
        Assert.Equal("d388dad90d4bbd760a152321f2143af7", client.Response("OA6MG9tEQGm2hh"));
        Assert.Equal("ea40f60335c427b5527b84dbabcdfffd", client.ResponseAuth("OA6MG9tEQGm2hh"));
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("anna", "secret")]
    [InlineData("bert", "with:colon")]
    public async Task Right_response_is_answered_with_the_servers_own_proof_and_gives_the_identity(
        string user, string password)
    {
        await using var client = await silo.ConnectAsync();
        var login = new DigestMd5Client(user, password, "MHXh6VqTrRk");
        string nonce = await BeginAsync(client);
        var proof = await client.SaslAsync(Encoding.UTF8.GetBytes(login.Token(nonce)));
        Assert.Equal(0, proof.Zxid);
        Assert.Equal($"rspauth={login.ResponseAuth(nonce)}", Encoding.ASCII.GetString(proof.Value!));
        await client.CreateAsync($"/of-{user}", null, acl: AclEntry.CreatorAll);
        var entry = Assert.Single((await client.GetAclAsync($"/of-{user}")).Value.Entries);
        Assert.Equal(("sasl", user), (entry.Scheme, entry.Id));

        await using var stranger = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoAuth, (await stranger.GetDataAsync($"/of-{user}")).Error);
        await stranger.CloseSessionAsync();
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Authorization_id_is_part_of_the_proof_and_no_other_identity()
    {
        await using var client = await silo.ConnectAsync();
        var login = new DigestMd5Client("anna", "secret", "x") { AuthorizationId = "root" };
        string nonce = await BeginAsync(client);
        Assert.True((await client.SaslAsync(Encoding.UTF8.GetBytes(login.Token(nonce, ",authzid=\"root\"")))).IsOk);
        await client.CreateAsync("/authzid", null, acl: AclEntry.CreatorAll);
        Assert.Equal("anna", Assert.Single((await client.GetAclAsync("/authzid")).Value.Entries).Id);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Super_user_may_do_anything()
    {
        await using var owner = await silo.ConnectAsync();
        await owner.AuthenticateAsync("digest", "owner:secret");
        await owner.CreateAsync("/locked", [7], acl: [new AclEntry(Permissions.None, "digest", "nobody:x")]);
        Assert.Equal(ErrorCode.NoAuth, (await owner.GetDataAsync("/locked")).Error);

        await using var root = await silo.ConnectAsync();
        string nonce = await BeginAsync(root);
        var login = new DigestMd5Client("root", "toor", "x");
        Assert.True((await root.SaslAsync(Encoding.UTF8.GetBytes(login.Token(nonce)))).IsOk);
        Assert.Equal([7], (await root.GetDataAsync("/locked")).Value.Data);
        Assert.True((await root.SetAclAsync("/locked", AclEntry.OpenUnsafe)).IsOk);
        await root.CloseSessionAsync();
        await owner.CloseSessionAsync();
    }

    public static TheoryData<string, string> BadTokens => new()
    {
        { "a wrong password", new DigestMd5Client("anna", "guess", "x").Token("NONCE") },
        { "an unknown user", new DigestMd5Client("nobody", "secret", "x").Token("NONCE") },
        { "another nonce", new DigestMd5Client("anna", "secret", "x").Token("OA6MG9tEQGm2hh") },
        { "another realm", new DigestMd5Client("anna", "secret", "x") { Realm = "else" }.Token("NONCE") },
        { "another service", new DigestMd5Client("anna", "secret", "x") { Uri = "imap/zk-sasl-md5" }.Token("NONCE") },
        { "an authzid that is not in the proof", new DigestMd5Client("anna", "secret", "x").Token("NONCE", ",authzid=\"root\"") },
        { "a directive twice", new DigestMd5Client("anna", "secret", "x").Token("NONCE", ",username=\"root\"") },
        { "no client nonce", new DigestMd5Client("anna", "secret", "").Token("NONCE") },
        { "a second use of the nonce", new DigestMd5Client("anna", "secret", "x").Token("NONCE").Replace("nc=00000001", "nc=00000002") },
        { "another quality of protection", new DigestMd5Client("anna", "secret", "x").Token("NONCE").Replace("qop=auth", "qop=auth-conf") },
        { "nothing", "" },
        { "a name alone", "username" },
        { "an open quote", "username=\"anna" },
        { "an escape at the end", "username=\"anna\\" },
        { "commas", ",,,," },
        { "equals signs", "====" },
        { "something long", new DigestMd5Client("anna", "secret", new string('x', 5000)).Token("NONCE") },
    };

    [SiloTheory(Timeout = 120_000)]
    [MemberData(nameof(BadTokens))]
    public async Task All_else_is_refused_in_the_same_way_and_the_connection_closed(string what, string token)
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Sasl(1, ""));
        string nonce = NonceOf(TokenOf(await wire.ReadReplyAsync()));
        await wire.SendAsync(Sasl(2, token == "" ? "" : Answered(token, nonce)), Frames.Create(3, "/after-refused-sasl"));
        var refusal = await wire.ReadReplyAsync();
        Assert.Equal((2, 0L, ErrorCode.AuthFailed), (refusal.Xid, refusal.Zxid, refusal.Error));
        Assert.True(refusal.Body is [0xff, 0xff, 0xff, 0xff], what);
        await wire.ExpectCloseAsync();
        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/after-refused-sasl")).Error);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Response_of_one_connection_is_worth_nothing_on_another()
    {
        await using var first = await silo.ConnectAsync();
        await using var second = await silo.ConnectAsync();
        byte[] token = Encoding.UTF8.GetBytes(new DigestMd5Client("anna", "secret", "x").Token(await BeginAsync(first)));
        await BeginAsync(second);
        Assert.True((await first.SaslAsync(token)).IsOk);
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Sasl(1, ""), Sasl(2, Encoding.UTF8.GetString(token)));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        Assert.Equal(ErrorCode.AuthFailed, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Login_that_has_succeeded_cannot_be_repeated_on_the_connection()
    {
        using var wire = await silo.ConnectWireAsync();
        await wire.SendAsync(Sasl(1, ""));
        string nonce = NonceOf(TokenOf(await wire.ReadReplyAsync()));
        string token = new DigestMd5Client("anna", "secret", "x").Token(nonce);
        await wire.SendAsync(Sasl(2, token), Sasl(3, token));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        Assert.Equal(ErrorCode.AuthFailed, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    private static byte[] Sasl(int xid, string token) =>
        Frames.Request(xid, OperationCode.Sasl, writer => writer.WriteBuffer(Encoding.UTF8.GetBytes(token)));

    // The digests of a bad token were made with a stand-in for the nonce, and must be bad for one reason only.
    private static string Answered(string token, string nonce)
    {
        if (!token.Contains("NONCE", StringComparison.Ordinal))
            return token;
        string user = Part(token, "username"), realm = Part(token, "realm"), uri = Part(token, "digest-uri");
        string guess = new DigestMd5Client(user, "guess", Part(token, "cnonce")).Response("NONCE");
        string password = token.Contains(guess, StringComparison.Ordinal)
            ? "guess" : "secret";
        var client = new DigestMd5Client(user, password, Part(token, "cnonce")) { Realm = realm, Uri = uri };
        return token.Replace(client.Response("NONCE"), client.Response(nonce)).Replace("NONCE", nonce);
    }

    private static string Part(string token, string name) =>
        Regex.Match(token, $"(?:^|,){name}=\"([^\"]*)\"").Groups[1].Value;

    private static async Task<string> BeginAsync(RawZooKeeperClient client) =>
        NonceOf(Encoding.ASCII.GetString((await client.SaslAsync([])).Value!));

    private static string TokenOf(WireReply reply)
    {
        Assert.Equal((0L, ErrorCode.Ok), (reply.Zxid, reply.Error));
        return Encoding.ASCII.GetString(reply.Body.AsSpan(4));
    }

    private static string NonceOf(string challenge)
    {
        Assert.Contains("realm=\"zk-sasl-md5\"", challenge);
        Assert.Contains("algorithm=md5-sess", challenge);
        return Nonce().Match(challenge).Groups[1].Value;
    }

    [GeneratedRegex("nonce=\"([^\"]{16,})\"")]
    private static partial Regex Nonce();
}
