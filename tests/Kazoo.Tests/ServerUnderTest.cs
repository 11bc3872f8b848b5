using System.Globalization;
using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Kazoo.Tests;

/// <summary>What scenarios run against: a server of their own, or that which COORDINATION_TEST_SERVER names.</summary>
public sealed class ServerUnderTest : IAsyncLifetime
{
    /// <summary>The host and port of a running server; null where the tests start their own.</summary>
    public static string? Given { get; } =
        Environment.GetEnvironmentVariable("COORDINATION_TEST_SERVER") is { Length: > 0 } server ? server : null;

    // Short enough that the scenarios which wait for a session's end do not take long, long enough that a machine with
    // other things to do does not end sessions which are alive.
    private static readonly TimeSpan s_ownTick = TimeSpan.FromSeconds(1);

    private SiloProcess? _own;

    public string HostAndPort => Given ?? _own!.HostAndPort;

    public TimeSpan TickTime { get; private set; } = s_ownTick;

    /// <summary>How our own servers are started.</summary>
    public static SiloOptions OwnServer { get; } = new() { TickTime = s_ownTick };

    public async Task InitializeAsync()
    {
        if (Given is null)
            _own = await SiloProcess.StartAsync(OwnServer);
        else
            TickTime = await MeasureTickTimeAsync(Given);
    }

    public async Task DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
    }

    private static async Task<TimeSpan> MeasureTickTimeAsync(string server)
    {
        int colon = server.LastIndexOf(':');
        var address = (await Dns.GetHostAddressesAsync(server[..colon]))[0];
        int port = int.Parse(server[(colon + 1)..], CultureInfo.InvariantCulture);
        await using var client = await RawZooKeeperClient.ConnectAsync(
            new IPEndPoint(address, port), new ConnectParameters { SessionTimeout = TimeSpan.FromMilliseconds(1) });
        // The shortest timeout is two ticks.
        var tickTime = client.SessionTimeout / 2;
        await client.CloseSessionAsync();
        return tickTime;
    }
}
