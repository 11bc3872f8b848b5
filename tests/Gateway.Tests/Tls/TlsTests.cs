using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Tls;

/// <summary>The secure client port: whom it lets in, as whom, and what it says of the others.</summary>
public sealed class TlsTests
{
    private static readonly IReadOnlyList<AclEntry> s_auth = AclEntry.CreatorAll;

    [SiloFact(Timeout = 180_000)]
    public async Task Sessions_over_TLS_are_as_any_other()
    {
        await using var server = await TlsServer.StartAsync();
        using var alice = server.Authority.Sign("CN=alice, O=Example");
        await using var client = await server.ConnectAsync(alice);
        await using var plain = await RawZooKeeperClient.ConnectAsync(server.Process.ClientEndPoint);
        byte[] large = new byte[900_000];
        Random.Shared.NextBytes(large);
        Assert.True((await client.CreateAsync("/large", large)).IsOk);
        Assert.Equal(large, (await client.GetDataAsync("/large", watch: true)).Value.Data);
        Assert.Equal(large, (await plain.GetDataAsync("/large")).Value.Data);
        Assert.True((await plain.SetDataAsync("/large", [1])).IsOk);
        Assert.Equal(WatchEventType.NodeDataChanged, (await client.NextNotificationAsync(RunningSilo.Soon)).Type);
        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.CreateAsync($"/n{i}", null)));
        Assert.All(replies, static reply => Assert.True(reply.IsOk));
        string connections = await FourLetterWord.AskAsync(server.Process.ClientEndPoint, "cons", RunningSilo.Soon);
        Assert.Contains($"sid=0x{client.SessionId:x},", connections);
        await client.CloseSessionAsync();
        await plain.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Subject_of_the_certificate_is_who_the_client_is()
    {
        await using var server = await TlsServer.StartAsync("--x509-super-user", "CN=root,O=Example");
        using var alice = server.Authority.Sign("CN=alice, O=Example");
        using var bob = server.Authority.Sign("CN=bob, O=Example");
        using var root = server.Authority.Sign("CN=root, O=Example");
        await using var owner = await server.ConnectAsync(alice);
        await using var other = await server.ConnectAsync(bob);
        await using var super = await server.ConnectAsync(root);
        Assert.True((await owner.CreateAsync("/alice", [1], acl: s_auth)).IsOk);
        Assert.Equal("CN=alice,O=Example", (await owner.GetAclAsync("/alice")).Value.Entries.Single().Id);
        Assert.True((await owner.GetDataAsync("/alice")).IsOk);
        Assert.Equal(ErrorCode.NoAuth, (await other.GetDataAsync("/alice")).Error);
        Assert.True((await super.GetDataAsync("/alice")).IsOk);

        AclEntry[] forBob = [new AclEntry(Permissions.Read, "x509", "CN=bob,O=Example")];
        Assert.True((await super.SetAclAsync("/alice", forBob)).IsOk);
        Assert.True((await other.GetDataAsync("/alice")).IsOk);
        Assert.Equal(ErrorCode.NoAuth, (await owner.GetDataAsync("/alice")).Error);
        AclEntry[] nonsense = [new AclEntry(Permissions.Read, "x509", "no name")];
        Assert.Equal(ErrorCode.InvalidAcl, (await super.SetAclAsync("/alice", nonsense)).Error);
        foreach (var client in (RawZooKeeperClient[])[owner, other, super])
            await client.CloseSessionAsync();
    }

    // As X500Principal.getName() of Java 17 writes those subjects.
    [SiloTheory(Timeout = 180_000)]
    [InlineData("C=US, S=CA, L=San Jose, O=\"Ex, Inc.\", OU=a=b, CN=alice#1", @"CN=alice\#1,OU=a\=b,O=Ex\, Inc.,L=San Jose,ST=CA,C=US")]
    [InlineData("DC=org, DC=ex, OID.0.9.2342.19200300.100.1.1=bob, CN=\"#x y \"", @"CN=\#x y\ ,UID=bob,DC=ex,DC=org")]
    [InlineData("O=A, E=x@y.z, CN=\"ä\"\"<>;é\"", "CN=ä\\\"\\<\\>\\;é,1.2.840.113549.1.9.1=#16057840792e7a,O=A")]
    [InlineData("CN=\"  lead\", T=T, STREET=S, SERIALNUMBER=12", @"2.5.4.5=#13023132,STREET=S,2.5.4.12=#130154,CN=\ \ lead")]
    public async Task Subjects_are_written_as_ZooKeeper_writes_them(string subject, string expected)
    {
        await using var server = await TlsServer.StartAsync();
        using var certificate = server.Authority.Sign(
            new X500DistinguishedName(subject, X500DistinguishedNameFlags.None));
        await using var client = await server.ConnectAsync(certificate);
        Assert.True((await client.CreateAsync("/named", null, acl: s_auth)).IsOk);
        Assert.Equal(expected, (await client.GetAclAsync("/named")).Value.Entries.Single().Id);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Clients_without_the_right_certificate_are_shut_out_with_a_reason()
    {
        await using var server = await TlsServer.StartAsync();
        using var stranger = new TestAuthority("the right authority");
        using var wrong = stranger.Sign("CN=alice");
        using var expired = server.Authority.Sign("CN=expired", until: TimeSpan.FromHours(-1));
        using var right = server.Authority.Sign("CN=right");
        await ExpectShutOutAsync(server, null);
        await server.Process.ExpectOutputAsync("it shows no certificate");
        await ExpectShutOutAsync(server, wrong);
        await server.Process.ExpectOutputAsync("its certificate for CN=alice is refused");
        await ExpectShutOutAsync(server, expired);
        await server.Process.ExpectOutputAsync("its certificate for CN=expired is refused: NotTimeValid");
        await using var client = await server.ConnectAsync(right);
        await client.CloseSessionAsync();
        string counts = await FourLetterWord.AskAsync(server.Process.ClientEndPoint, "mntr", RunningSilo.Soon);
        Assert.Contains("\nzk_unsuccessful_handshake\t3\n", counts);
        Assert.DoesNotContain("fail: ", server.Process.Output);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Wanted_certificate_may_be_missing_but_not_wrong()
    {
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "want");
        await using var client = await server.ConnectAsync(null);
        Assert.Equal(ErrorCode.InvalidAcl, (await client.CreateAsync("/mine", null, acl: s_auth)).Error);
        await client.CloseSessionAsync();
        using var stranger = new TestAuthority("a stranger");
        using var wrong = stranger.Sign("CN=alice");
        await ExpectShutOutAsync(server, wrong);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Key_store_serves_clients_that_are_not_asked_for_a_certificate()
    {
        await using var server = await TlsServer.StartWithKeyStoreAsync();
        await using var client = await server.ConnectAsync(null);
        Assert.True((await client.ExistsAsync("/")).IsOk);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Certificates_that_change_are_used_without_a_restart()
    {
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "none");
        await using var client = await server.ConnectAsync(null);
        string first = await ReadSerialAsync(server);
        using var second = server.Authority.Sign("CN=localhost");
        server.Write(second);
        await ExpectSerialAsync(server, second.SerialNumber);

        // What makes no sense changes nothing.
        await File.WriteAllTextAsync(server.CertificateFile, "no certificate");
        await ExpectOutputAtHandshakesAsync(server, "cannot be used");
        Assert.Equal(second.SerialNumber, await ReadSerialAsync(server));
        using var third = server.Authority.Sign("CN=localhost");
        server.Write(third);
        await ExpectSerialAsync(server, third.SerialNumber);
        Assert.NotEqual(first, third.SerialNumber);
        Assert.True((await client.ExistsAsync("/")).IsOk);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Trust_that_changes_shuts_out_whom_it_no_longer_names()
    {
        await using var server = await TlsServer.StartAsync();
        using var alice = server.Authority.Sign("CN=alice");
        await using (var client = await server.ConnectAsync(alice))
            await client.CloseSessionAsync();
        using var other = new TestAuthority("another");
        await File.WriteAllTextAsync(server.TrustFile, other.Pem);
        await Task.Delay(1200);
        await ExpectShutOutAsync(server, alice);
        using var bob = other.Sign("CN=bob");
        await using var next = await server.ConnectAsync(bob);
        await next.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task What_is_no_handshake_is_closed_and_so_is_silence()
    {
        await using var server = await TlsServer.StartAsync(handshakeTimeoutMilliseconds: 1500);
        using (var wire = await WireConnection.OpenAsync(server.EndPoint))
        {
            await wire.SendAsync(Frames.Connect());
            await wire.ReadToEndAsync();
        }

        using (var silent = await WireConnection.OpenAsync(server.EndPoint))
            await silent.ExpectCloseAsync();
        await server.Process.ExpectOutputAsync("it took longer than 1.5 s");
        Assert.DoesNotContain("fail: ", server.Process.Output);
    }

    // The answers are encrypted by one thread while another finds the client gone: OpenSSL has to be told by one at a time.
    [SiloFact(Timeout = 180_000)]
    public async Task Clients_that_are_gone_before_their_answers_come_harm_nobody()
    {
        const int Rounds = 100;
        const int Clients = 4;
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "none");
        await using var other = await server.ConnectAsync(null);
        await other.CreateAsync("/n", null);
        byte[] requests =
            [.. Frames.Connect(), .. Enumerable.Range(1, 300).SelectMany(static xid => Frames.SetData(xid, "/n", new byte[100]))];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
                await using var stream = await TlsTunnel.OpenAsync(socket, server.EndPoint, null);
                await stream.WriteAsync(requests);
                await stream.ReadExactlyAsync(new byte[Random.Shared.Next(1, 500)]);
                socket.Close();
            }
        }));
        Assert.True((await other.ExistsAsync("/n")).IsOk);
        await other.CloseSessionAsync();
        Assert.False(server.Process.HasExited, server.Process.Output);
        Assert.DoesNotContain("fail: ", server.Process.Output);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Words_are_answered_over_TLS()
    {
        await using var server = await TlsServer.StartAsync("--tls-client-auth", "none");
        await using var stream = await TlsTunnel.OpenAsync(server.EndPoint, null);
        Assert.True(stream.SslProtocol >= SslProtocols.Tls12);
        await stream.WriteAsync("ruok"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.Equal("imok", await reader.ReadToEndAsync());
        string conf = await FourLetterWord.AskAsync(server.Process.ClientEndPoint, "conf", RunningSilo.Soon);
        Assert.Contains($"\nsecureClientPort={server.EndPoint.Port}\n", conf);
    }

    // Under TLS 1.3 a client learns of its refusal only after the handshake.
    private static async Task ExpectShutOutAsync(TlsServer server, X509Certificate2? certificate)
    {
        try
        {
            await using var stream = await TlsTunnel.OpenAsync(server.EndPoint, certificate);
            await stream.WriteAsync(Frames.Connect());
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // As it should be.
        }
    }

    // Of a file that is looked at when somebody shakes hands.
    private static async Task ExpectOutputAtHandshakesAsync(TlsServer server, string expected)
    {
        for (int attempt = 0; !server.Process.Output.Contains(expected, StringComparison.Ordinal); attempt++)
        {
            Assert.True(attempt < 2400, server.Process.Output);
            if (attempt % 20 == 19)
                await ReadSerialIfAnyAsync(server);
            await Task.Delay(25);
        }
    }

    private static async Task<string> ReadSerialAsync(TlsServer server)
    {
        await using var stream = await TlsTunnel.OpenAsync(server.EndPoint, null);
        return ((X509Certificate2)stream.RemoteCertificate!).SerialNumber;
    }

    private static async Task ReadSerialIfAnyAsync(TlsServer server)
    {
        try
        {
            await ReadSerialAsync(server);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Where a certificate is needed it was not let in.
        }
    }

    private static async Task ExpectSerialAsync(TlsServer server, string expected)
    {
        for (int attempt = 0; await ReadSerialAsync(server) != expected; attempt++)
        {
            Assert.True(attempt < 1200, $"the certificate {expected} is not used");
            await Task.Delay(50);
        }
    }
}
