using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>The secure client port, by a stock client.</summary>
public sealed class TlsTests(ITestOutputHelper output)
{
    [OwnServerFact(Timeout = 300_000)]
    public async Task Certificates_let_clients_in_and_say_who_they_are()
    {
        using var directory = new TemporaryDirectory();
        using var authority = new TestAuthority("the authority");
        await File.WriteAllTextAsync(directory.Combine("trust.pem"), authority.Pem);
        foreach (string name in (string[])["localhost", "alice", "bob"])
            Write(directory, name, authority);
        int port = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            TickTime = TimeSpan.FromSeconds(1),
            Arguments =
            [
                "--secure-client-port", port.ToString(CultureInfo.InvariantCulture), "--tls-certificate",
                directory.Combine("localhost.pem"), "--tls-key", directory.Combine("localhost.key"), "--tls-trust",
                directory.Combine("trust.pem"),
            ],
        });
        await using var scenario = await Scenario.StartAsync(
            "tls", "certificates", $"127.0.0.1:{port}", TimeSpan.FromSeconds(1), "clients", directory.Path);
        output.WriteLine(await scenario.FinishAsync());
    }

    private static void Write(TemporaryDirectory directory, string name, TestAuthority authority)
    {
        using var certificate = authority.Sign($"CN={name}, O=Example");
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.Combine($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(directory.Combine($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
