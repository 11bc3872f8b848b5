using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Coordination.Testing;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>The ports that Orleans listens on.</summary>
public sealed class SiloPortTests
{
    [Theory]
    [InlineData("--silo-port", "--gateway-port")]
    [InlineData("--gateway-port", "--silo-port")]
    public async Task One_that_is_taken_is_one_line_and_no_silo(string option, string other)
    {
        int port = FreePort.Take();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        await using var silo = SiloProcess.Launch(new SiloOptions
        {
            Arguments =
            [
                option, port.ToString(CultureInfo.InvariantCulture),
                other, FreePort.Take().ToString(CultureInfo.InvariantCulture),
            ],
        });
        Assert.Equal(1, await silo.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        string line = Assert.Single(silo.Output.TrimEnd('\n').Split('\n'));
        Assert.Equal($"coordination: {option} {port}: 127.0.0.1:{port} is in use", line);
    }
}
