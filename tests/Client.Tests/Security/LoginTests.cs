using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Coordination.Client.Tests.Networks;
using Coordination.Protocol;
using Coordination.Testing;

namespace Coordination.Client.Tests.Security;

/// <summary>The client says who it is each time it connects, and hears it when it is not let in.</summary>
public sealed class LoginTests(Servers servers) : ClientTest(servers)
{
    private const string Users = """
        Server {
          org.apache.zookeeper.server.auth.DigestLoginModule required
          user_ann="the secret";
        };
        """;

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Sasl_logs_in_with_every_connection(ServerKind kind)
    {
        using var directory = new TemporaryDirectory();
        string users = directory.Combine("users.conf");
        await File.WriteAllTextAsync(users, Users);
        await using var server = await Servers.StartAsync(kind, null, "--sasl-users-file", users);
        await using var proxy = new TcpNetwork(server.ClientEndPoint);
        await using var client = await ConnectAsync(
            Options(proxy) with { Sasl = new SaslCredential("ann", "the secret") });
        await client.CreateAsync("/own", "mine", new CreateOptions { Acl = [new Acl(Permissions.All, new Identity("sasl", "ann"))] });
        proxy.Cut();
        Assert.Equal("mine", (await client.GetDataAsync("/own")).Text);

        await using var stranger = await ConnectAsync(Options(server.HostAndPort));
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await stranger.GetDataAsync("/own"));

        await using var wrong = new CoordinationClient(
            Options(server.HostAndPort) with { Sasl = new SaslCredential("ann", "a guess") });
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => wrong.ConnectedAsync().WaitAsync(Soon));
        await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await wrong.GetDataAsync("/"));
        await ReachAsync(wrong, SessionState.AuthenticationFailed);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Credentials_are_sent_again_with_every_connection(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(
            Options(proxy) with { Credentials = [Credential.Digest("ann", "secret")] });
        await client.AddCredentialAsync(Credential.Digest("bob", "secret"));
        proxy.Cut();
        var identities = await client.WhoAmIAsync();
        Assert.Contains(new Identity("digest", "ann"), identities);
        Assert.Contains(new Identity("digest", "bob"), identities);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_credential_that_is_refused_is_forgotten(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await Assert.ThrowsAsync<AuthenticationFailedException>(
            async () => await client.AddCredentialAsync(new Credential("no-such-scheme", default)));
        Assert.NotNull(await client.ExistsAsync("/"));

        await using var wrong = new CoordinationClient(
            Options(kind) with { Credentials = [new Credential("no-such-scheme", default)] });
        await ReachAsync(wrong, SessionState.AuthenticationFailed);
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => wrong.ConnectedAsync());
    }

    [Fact]
    public async Task Tls_shows_and_checks_certificates()
    {
        using var directory = new TemporaryDirectory();
        using var authority = new TestAuthority("the right authority");
        using var own = authority.Sign("CN=localhost");
        string certificate = directory.Combine("server.pem");
        await File.WriteAllTextAsync(certificate, own.ExportCertificatePem());
        using var key = own.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(directory.Combine("server.key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(directory.Combine("trust.pem"), authority.Pem);
        int port = FreePort.Take();
        await using var server = await Servers.StartAsync(
            ServerKind.Silo, null, "--secure-client-port", $"{port}", "--tls-certificate", certificate,
            "--tls-key", directory.Combine("server.key"), "--tls-trust", directory.Combine("trust.pem"));

        using var shown = authority.Sign("CN=ann");
        using var root = X509Certificate2.CreateFromPem(authority.Pem);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root);
        var tls = new SslClientAuthenticationOptions { ClientCertificates = [shown], CertificateChainPolicy = policy };
        await using var client = await ConnectAsync(Options($"localhost:{port}") with { Tls = tls });
        Assert.Contains(await client.WhoAmIAsync(), static identity => identity is { Scheme: "x509", Id: "CN=ann" });

        // A server that nobody vouches for is no server.
        await using var careful = new CoordinationClient(Options($"localhost:{port}") with
        {
            Tls = new SslClientAuthenticationOptions { ClientCertificates = [shown] },
            RequestTimeout = TimeSpan.FromMilliseconds(200),
        });
        await Assert.ThrowsAsync<ConnectionLossException>(async () => await careful.ExistsAsync("/").AsTask().WaitAsync(Soon));
    }
}
