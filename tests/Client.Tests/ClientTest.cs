using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Client.Tests;

/// <summary>What the tests of a running client have in common.</summary>
[Collection(ServersCollection.Name)]
public abstract class ClientTest(Servers servers)
{
    protected static TimeSpan Soon => Servers.Soon;

    protected SiloProcess Server(ServerKind kind) => servers[kind];

    protected static CoordinationClientOptions Options(string hostAndPort, TimeSpan? sessionTimeout = null) => new()
    {
        ConnectionString = hostAndPort,
        SessionTimeout = sessionTimeout ?? TimeSpan.FromSeconds(10),
        LongestRetryDelay = TimeSpan.FromMilliseconds(200),
    };

    protected Task<CoordinationClient> ConnectAsync(ServerKind kind) => ConnectAsync(Options(Server(kind).HostAndPort));

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
