using System.Collections.Concurrent;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests.Load;

/// <summary>Reads beside the writers and remembers the newest that it saw: what anyone has read must stay.</summary>
internal sealed class Observer(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, int> _newestVersions = [];
    private RawZooKeeperClient? _client;

    /// <summary>The newest version of each znode that was ever read.</summary>
    internal IReadOnlyDictionary<string, int> NewestVersions => _newestVersions;

    /// <summary>Errors that a server in good health does not answer with.</summary>
    internal ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Ends a run now.</summary>
    internal void Disconnect() => _client?.Disconnect();

    /// <summary>Reads until the connection ends or it is told to stop.</summary>
    internal async Task RunAsync(IPEndPoint server, IReadOnlyList<string> paths, CancellationToken stopping)
    {
        try
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(server);
            _client = client;
            while (!stopping.IsCancellationRequested)
            {
                string path = paths[_random.Next(paths.Count)];
                var reply = await client.GetDataAsync(path);
                if (!reply.IsOk)
                {
                    Errors.Enqueue(reply.ToString());
                    return;
                }

                int version = reply.Value.Stat.Version;
                int newest = _newestVersions.GetValueOrDefault(path);
                Assert.True(version >= newest, $"{path} went back from version {newest} to {version}");
                _newestVersions[path] = version;
            }

            await client.CloseSessionAsync();
        }
        catch (ConnectionLostException)
        {
            // The server was killed, which is what this is about.
        }
    }
}
