using System.Diagnostics;
using Coordination.Client.Tests.Networks;
using Coordination.Testing;

namespace Coordination.Client.Tests;

/// <summary>What the tests of a running client have in common.</summary>
[Collection(ServersCollection.Name)]
public abstract class ClientTest(Servers servers)
{
    protected static TimeSpan Soon => Servers.Soon;

    protected SiloProcess Server(ServerKind kind) => servers[kind];

    /// <summary>Where a server of any kind listens: the silo of <see cref="ServerKind.Grains"/> has a client port, too.</summary>
    protected string HostAndPort(ServerKind kind) => servers.EndPoint(kind).ToString();

    /// <summary>A way to a server that can be cut.</summary>
    protected TestNetwork Network(ServerKind kind) => servers.Network(kind);

    /// <summary>Options for a client of a server, over the transport that goes with its kind.</summary>
    protected CoordinationClientOptions Options(ServerKind kind, string root = "", TimeSpan? sessionTimeout = null)
    {
        var options = Options(HostAndPort(kind) + root, sessionTimeout);
        return kind == ServerKind.Grains ? options.UseOrleans(servers.Silo.Grains) : options;
    }

    protected static CoordinationClientOptions Options(TestNetwork network, TimeSpan? sessionTimeout = null) =>
        network.Connect(Options(network.Server.ToString(), sessionTimeout));

    protected static CoordinationClientOptions Options(string hostAndPort, TimeSpan? sessionTimeout = null) => new()
    {
        ConnectionString = hostAndPort,
        SessionTimeout = sessionTimeout ?? TimeSpan.FromSeconds(20),
        LongestRetryDelay = TimeSpan.FromMilliseconds(200),
    };

    protected Task<CoordinationClient> ConnectAsync(ServerKind kind) => ConnectAsync(Options(kind));

    protected static Task<CoordinationClient> ConnectAsync(CoordinationClientOptions options) =>
        CoordinationClient.ConnectAsync(options).WaitAsync(Soon);

    /// <summary>A path that no other test uses.</summary>
    protected static string NewPath() => $"/test-{Guid.NewGuid():n}";

    /// <summary>Waits for what has to come about.</summary>
    protected static async Task EventuallyAsync(string what, Func<ValueTask<bool>> condition)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(started.Elapsed < Soon, $"{what}, within {Soon}");
            await Task.Delay(10);
        }
    }

    protected static Task EventuallyAsync(string what, Func<bool> condition) =>
        EventuallyAsync(what, () => ValueTask.FromResult(condition()));

    /// <summary>Waits until a client comes into a state, or is in it.</summary>
    protected static async Task<SessionStateChange> ReachAsync(ICoordinationClient client, SessionState state)
    {
        using var timeout = new CancellationTokenSource(Soon);
        await foreach (var change in client.ReadStatesAsync(timeout.Token))
        {
            if (change.State == state)
                return change;
        }
        throw new InvalidOperationException($"the client was disposed of before it was {state}");
    }
}
