using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Playing;

/// <summary>The silo and an Apache ZooKeeper, both running.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    private static readonly TimeSpan s_pingInterval = TimeSpan.FromSeconds(5);

    private readonly SiloProcess _ours;
    private readonly SiloProcess _theirs;
    private readonly RawZooKeeperClient _ourCaretaker;
    private readonly RawZooKeeperClient _theirCaretaker;

    private ServerPair(
        SiloProcess ours, SiloProcess theirs, RawZooKeeperClient ourCaretaker, RawZooKeeperClient theirCaretaker)
    {
        _ours = ours;
        _theirs = theirs;
        _ourCaretaker = ourCaretaker;
        _theirCaretaker = theirCaretaker;
    }

    public IPEndPoint Ours => _ours.ClientEndPoint;

    public IPEndPoint Theirs => _theirs.ClientEndPoint;

    public static async Task<ServerPair> StartAsync()
    {
        var starting = SiloProcess.StartAsync();
        var theirs = await SiloProcess.StartAsync(ZooKeeperOptions());
        var ours = await starting;
        return new ServerPair(ours, theirs, await OpenCaretakerAsync(ours), await OpenCaretakerAsync(theirs));
    }

    /// <summary>Creates a znode that everybody may do everything with, on both.</summary>
    public async Task CreateAsync(string path)
    {
        var our = _ourCaretaker.CreateAsync(path, []);
        var their = _theirCaretaker.CreateAsync(path, []);
        await Task.WhenAll(our, their);
        if (!(await our).IsOk || !(await their).IsOk)
            throw new InvalidOperationException($"the root {path} was not made: {await our}, {await their}");
    }

    public async ValueTask DisposeAsync()
    {
        await _ourCaretaker.DisposeAsync();
        await _theirCaretaker.DisposeAsync();
        await _ours.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    // Nothing here is about what a disk keeps; and containers are to go when the test says so, not once a minute.
    private static SiloOptions ZooKeeperOptions() => new()
    {
        Command = Path.Combine(RepositoryRoot.Path, "tests", "Testing", "zookeeper.sh"),
        Environment = new Dictionary<string, string>
        {
            ["JAVA_TOOL_OPTIONS"] = "-Dzookeeper.forceSync=no -Dznode.container.checkIntervalMs=100000000",
        },
    };

    private static async Task<RawZooKeeperClient> OpenCaretakerAsync(SiloProcess server)
    {
        var client = await RawZooKeeperClient.ConnectAsync(
            server.ClientEndPoint, new ConnectParameters { SessionTimeout = TimeSpan.FromSeconds(40) });
        client.KeepAlive(s_pingInterval);
        return client;
    }
}
