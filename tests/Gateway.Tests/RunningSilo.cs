using System.Net;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests;

/// <summary>The silo that the tests of a class share.</summary>
/// <remarks>None of them may end it, or have it meet an error that it did not expect: looked at when all are over.</remarks>
public abstract class RunningSilo(SiloOptions options) : IAsyncLifetime
{
    private SiloProcess? _process;

    /// <summary>How long a test waits for what should come at once, on a machine that has other things to do.</summary>
    public static TimeSpan Soon { get; } = TimeSpan.FromSeconds(60);

    public SiloProcess Process => _process ?? throw new InvalidOperationException("the silo is not started");

    public IPEndPoint EndPoint => Process.ClientEndPoint;

    public virtual async Task InitializeAsync() => _process = await SiloProcess.StartAsync(options);

    public async Task DisposeAsync()
    {
        if (_process is null)
            return;
        bool hasExited = _process.HasExited;
        string output = _process.Output;
        await _process.DisposeAsync();
        Assert.False(hasExited, $"the silo has exited:\n{output}");
        Assert.DoesNotContain("fail: ", output);
        Assert.DoesNotContain("crit: ", output);
    }

    /// <summary>Opens a session.</summary>
    public Task<RawZooKeeperClient> ConnectAsync() => RawZooKeeperClient.ConnectAsync(EndPoint);

    /// <summary>Opens or re-attaches a session.</summary>
    public Task<RawZooKeeperClient> ConnectAsync(ConnectParameters parameters) =>
        RawZooKeeperClient.ConnectAsync(EndPoint, parameters);

    /// <summary>Re-attaches the session of a client, with a zxid that no server can be behind.</summary>
    public Task<RawZooKeeperClient> ReattachAsync(RawZooKeeperClient client, TimeSpan? sessionTimeout = null) =>
        ConnectAsync(new ConnectParameters
        {
            SessionId = client.SessionId,
            Password = client.Password,
            LastZxidSeen = client.LastZxidSeen,
            SessionTimeout = sessionTimeout ?? client.SessionTimeout,
        });

    /// <summary>Opens a connection and sends nothing on it.</summary>
    public Task<WireConnection> OpenWireAsync() => WireConnection.OpenAsync(EndPoint);

    /// <summary>Opens a session on a connection that shows every byte.</summary>
    public async Task<WireConnection> ConnectWireAsync(int timeout = 30_000)
    {
        var wire = await OpenWireAsync();
        await wire.SendAsync(Frames.Connect(timeout: timeout));
        await wire.ReadFrameAsync();
        return wire;
    }
}
