using System.Diagnostics;
using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests.Load;

/// <summary>Clients on all silos that write all the while.</summary>
internal sealed class ClusterLoad : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<Task> _running = [];

    private ClusterLoad(IReadOnlyList<LoadClient> clients)
    {
        Clients = clients;
        foreach (var client in clients)
            _running.Add(Task.Run(client.RunAsync));
    }

    internal IReadOnlyList<LoadClient> Clients { get; }

    internal int Acknowledged => Clients.Sum(client => client.Acknowledged);

    /// <summary>Starts the clients, so many at each silo, and waits until each has written.</summary>
    internal static async Task<ClusterLoad> StartAsync(
        SiloCluster cluster, int clientsPerSilo, TimeSpan sessionTimeout, IReadOnlyList<IPEndPoint>? silos = null)
    {
        silos ??= cluster.EndPoints;
        await using (var client = await RawZooKeeperClient.ConnectAsync(silos[0]))
        {
            await client.CreateAsync(LoadClient.Parent, null);
            await client.CloseSessionAsync();
        }
        var load = new ClusterLoad(
        [
            .. Enumerable.Range(0, clientsPerSilo * silos.Count).Select(number => new LoadClient(
                $"c{number}", silos, number % silos.Count, 1 + (number / silos.Count % Math.Max(1, silos.Count - 1)), sessionTimeout)),
        ]);
        await load.WaitUntilAllWriteAsync();
        return load;
    }

    /// <summary>Waits until each client has had an answer to something that it wrote from now on.</summary>
    internal async Task WaitUntilAllWriteAsync()
    {
        long since = Stopwatch.GetTimestamp();
        foreach (var client in Clients)
            await Eventually.TrueAsync(
                () => ThrowIfPromisesAreBroken() && client.Errors.IsEmpty
                    ? client.HasWrittenSince(since)
                    : throw Failure(client),
                s_patience,
                () => $"{client.Name} writes nothing at silo {client.Silo}, connected: {client.IsConnected}");
    }

    /// <summary>Ends the load; every client must have kept its session, and seen nothing that must not be.</summary>
    internal async Task StopAsync()
    {
        foreach (var client in Clients)
            client.Stop();
        await Task.WhenAll(_running).WaitAsync(s_patience);
        ThrowIfPromisesAreBroken();
        Assert.Empty(Clients.SelectMany(client => client.Errors));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Clients)
        {
            client.Stop();
            client.Disconnect();
        }
        await Task.WhenAll(_running).WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in Clients)
            client.Dispose();
    }

    // Says so where none are.
    private bool ThrowIfPromisesAreBroken()
    {
        foreach (var client in Clients)
            BrokenPromiseException.ThrowUnless(client.BrokenPromises.IsEmpty, string.Join('\n', client.BrokenPromises));
        return true;
    }

    private static Xunit.Sdk.XunitException Failure(LoadClient client) => new(string.Join('\n', client.Errors));
}
