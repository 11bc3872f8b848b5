using Coordination.Gateway.Tests.Options;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Security;

/// <summary>The options that say who a client is and must be.</summary>
public sealed class AuthenticationOptionTests
{
    [SiloTheory(Timeout = 180_000)]
    [InlineData("--super-digest must be super:HASH", "--super-digest", "super")]
    [InlineData("--super-digest must be super:HASH", "--super-digest", "super:test")]
    [InlineData("--super-digest must be super:HASH", "--super-digest", ":D/InIHSb7yEEbrWz8b9l71RjZJU=")]
    [InlineData("--skip-acl is perhaps, but must be true or false", "--skip-acl", "perhaps")]
    [InlineData("--enforce-quota is soft, but", "--enforce-quota", "soft")]
    [InlineData("--audit-enable is loud, but", "--audit-enable", "loud")]
    [InlineData("--audit-file is set, but --audit-enable is not true", "--audit-file", "audit.log")]
    [InlineData("--enforce-auth-enabled is 2, but", "--enforce-auth-enabled", "2")]
    [InlineData("--enforce-auth-schemes names none", "--enforce-auth-enabled", "true")]
    [InlineData("--enforce-auth-schemes has world, but can have digest, ip, sasl", "--enforce-auth-schemes", "digest,world")]
    [InlineData("--session-require-client-sasl-auth is x, but", "--session-require-client-sasl-auth", "x")]
    [InlineData("there is no --sasl-users-file", "--session-require-client-sasl-auth", "true")]
    [InlineData("there is no --sasl-users-file", "--super-user", "root")]
    [InlineData("--sasl-users-file is missing, which cannot be used: ", "--sasl-users-file", "missing")]
    public async Task Option_that_cannot_be_used_is_one_line_and_no_silo(string expected, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains(expected, await SiloCommand.ExpectRefusalAsync(arguments, directory.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("it names no users", "# nobody\n\n")]
    [InlineData("line 2 is not user:password", "anna:secret\nbert\n")]
    [InlineData("line 1 is not user:password", ":secret\n")]
    [InlineData("line 3 names a user again", "anna:secret\n\nanna:other\n")]
    [InlineData("it has no section Server", "Client { a.DigestLoginModule required user_a=\"b\"; };")]
    [InlineData("other than DigestLoginModule", "Server { com.sun.security.auth.module.Krb5LoginModule required; };")]
    [InlineData("it names anna twice", "Server { a.DigestLoginModule required user_anna=\"b\" user_anna=\"c\"; };")]
    [InlineData("it ends too early", "Server { a.DigestLoginModule required user_anna=\"b\"")]
    [InlineData("it has b where = is wanted", "Server { a.DigestLoginModule required user_anna b; };")]
    [InlineData("it names no users", "Server { a.DigestLoginModule required; };")]
    public async Task Users_file_that_cannot_be_used_is_one_line_and_no_silo(string expected, string users)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("users"), users);
        Assert.Contains(expected, await SiloCommand.ExpectRefusalAsync(["--sasl-users-file", "users"], directory.Path));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Super_digest_opens_everything_to_its_owner()
    {
        await using var silo = await StartAsync("--super-digest", "super:D/InIHSb7yEEbrWz8b9l71RjZJU=");
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/locked", [7], acl: [new AclEntry(Permissions.None, "digest", "nobody:x")]);
        await client.AuthenticateAsync("digest", "super:guess");
        Assert.Equal(ErrorCode.NoAuth, (await client.GetDataAsync("/locked")).Error);
        await client.AuthenticateAsync("digest", "super:test");
        Assert.Equal([7], (await client.GetDataAsync("/locked")).Value.Data);
        Assert.Equal("nobody:x", (await client.GetAclAsync("/locked")).Value.Entries[0].Id);
        Assert.True((await client.SetAclAsync("/locked", AclEntry.OpenUnsafe)).IsOk);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Without_a_super_digest_super_is_a_name_like_any_other()
    {
        await using var silo = await StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/locked", [7], acl: [new AclEntry(Permissions.None, "digest", "nobody:x")]);
        await client.AuthenticateAsync("digest", "super:test");
        Assert.Equal(ErrorCode.NoAuth, (await client.GetDataAsync("/locked")).Error);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Skipped_acls_are_kept_and_hold_nobody_back()
    {
        await using var silo = await StartAsync("--skip-acl", "yes");
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/locked", [7], acl: [new AclEntry(Permissions.None, "digest", "nobody:hash")]);
        Assert.Equal([7], (await client.GetDataAsync("/locked")).Value.Data);
        Assert.True((await client.CreateAsync("/locked/child", null)).IsOk);
        Assert.True((await client.DeleteAsync("/locked/child")).IsOk);
        Assert.Equal("nobody:hash", (await client.GetAclAsync("/locked")).Value.Entries[0].Id);
        Assert.Equal(ErrorCode.InvalidAcl, (await client.CreateAsync("/x", null, acl: AclEntry.CreatorAll)).Error);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Enforced_scheme_has_to_come_first()
    {
        await using var silo = await StartAsync("--enforce-auth-enabled", "true", "--enforce-auth-schemes", "digest,sasl");
        byte[][] requests =
        [
            Frames.Create(5, "/x"), Frames.GetData(5, "/"), Frames.Sync(5, "/"), Frames.CloseSession(5),
            Frames.Delete(5, "/x"), Frames.Request(5, OperationCode.Ping), Frames.Request(5, (OperationCode)500),
        ];
        foreach (byte[] request in requests)
        {
            using var wire = await OpenAsync(silo);
            await wire.SendAsync(request, Frames.Create(6, "/behind"));
            var refusal = await wire.ReadReplyAsync();
            Assert.Equal(
                (5, 0L, ErrorCode.SessionClosedRequireSaslAuth), (refusal.Xid, refusal.Zxid, refusal.Error));
            Assert.Empty(refusal.Body);
            await wire.ExpectCloseAsync();
        }
        using var authenticated = await OpenAsync(silo);
        await authenticated.SendAsync(
            Frames.Auth("ip", ""), Frames.Auth("digest", "anna:secret"), Frames.Create(1, "/in"), Frames.GetData(2, "/behind"));
        foreach (var error in (ErrorCode[])[ErrorCode.Ok, ErrorCode.Ok, ErrorCode.Ok, ErrorCode.NoNode])
            Assert.Equal(error, (await authenticated.ReadReplyAsync()).Error);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Where_sasl_is_required_a_digest_is_not_enough_and_a_failed_login_says_so()
    {
        using var directory = new TemporaryDirectory();
        // As ZooKeeper's own documentation has it.
        await File.WriteAllTextAsync(directory.Combine("jaas.conf"), """
            // for the server
            Server {
                org.apache.zookeeper.server.auth.DigestLoginModule required
                user_super="adminsecret" /* and */
                user_bob="bob secret";
            };
            Client {
                org.apache.zookeeper.server.auth.DigestLoginModule required
                username="bob"
                password="bobsecret";
            };
            """);
        await using var silo = await StartAsync(
            "--session-require-client-sasl-auth", "true", "--sasl-users-file", directory.Combine("jaas.conf"));
        using (var wire = await OpenAsync(silo))
        {
            await wire.SendAsync(Frames.Auth("digest", "bob:bob secret"), Frames.GetData(1, "/"));
            Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
            Assert.Equal(ErrorCode.SessionClosedRequireSaslAuth, (await wire.ReadReplyAsync()).Error);
            await wire.ExpectCloseAsync();
        }
        using (var wire = await OpenAsync(silo))
        {
            await wire.SendAsync(Frames.Request(1, OperationCode.Sasl, static writer => writer.WriteBuffer([1, 2])));
            Assert.Equal(ErrorCode.SessionClosedRequireSaslAuth, (await wire.ReadReplyAsync()).Error);
            await wire.ExpectCloseAsync();
        }
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        string challenge = System.Text.Encoding.ASCII.GetString((await client.SaslAsync([])).Value!);
        string nonce = challenge.Split("nonce=\"")[1].Split('"')[0];
        var login = new DigestMd5Client("bob", "bob secret", "x");
        Assert.True((await client.SaslAsync(System.Text.Encoding.ASCII.GetBytes(login.Token(nonce)))).IsOk);
        Assert.True((await client.GetDataAsync("/")).IsOk);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Without_users_sasl_is_refused()
    {
        await using var silo = await StartAsync();
        using var wire = await OpenAsync(silo);
        await wire.SendAsync(Frames.Request(1, OperationCode.Sasl, static writer => writer.WriteBuffer([])));
        Assert.Equal(ErrorCode.AuthFailed, (await wire.ReadReplyAsync()).Error);
        await wire.ExpectCloseAsync();
    }

    private static Task<SiloProcess> StartAsync(params string[] arguments) =>
        SiloProcess.StartAsync(new SiloOptions { Arguments = arguments });

    private static async Task<WireConnection> OpenAsync(SiloProcess silo)
    {
        var wire = await WireConnection.OpenAsync(silo.ClientEndPoint);
        await wire.SendAsync(Frames.Connect());
        await wire.ReadFrameAsync();
        return wire;
    }
}
