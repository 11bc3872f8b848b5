using System.Diagnostics;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests;

/// <summary>
/// Tries to write while the disk fails, again and again and in new sessions where it has to, and remembers what it was
/// promised.
/// </summary>
internal sealed class DiskProbe(IPEndPoint server, TimeSpan sessionTimeout)
{
    private const string Prefix = "/probe-";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestConnecting = TimeSpan.FromSeconds(60);

    private readonly List<ConnectParameters> _sessions = [];
    private readonly List<string> _acknowledged = [];
    private RawZooKeeperClient? _client;
    private int _tried;

    /// <summary>The creates that were acknowledged.</summary>
    internal IReadOnlyList<string> Acknowledged => _acknowledged;

    internal int Tried => _tried;

    /// <summary>Opens a session while the disk is well: on a disk that fails no session may be opened at all.</summary>
    internal async Task OpenSessionAsync() => _client = await ConnectAsync(s_longestConnecting);

    /// <summary>Tries for a while, and until the disk has failed.</summary>
    internal async Task TryAsync(TimeSpan duration, Func<bool> hasFailed)
    {
        var tried = Stopwatch.StartNew();
        bool IsOver() => tried.Elapsed > s_longestConnecting || (tried.Elapsed > duration && hasFailed());
        while (!IsOver())
        {
            try
            {
                _client ??= await ConnectAsync(s_patience);
                while (!IsOver())
                {
                    await TryToCreateAsync(_client);
                    await Task.Delay(5);
                }
            }
            catch (Exception exception) when (exception is ConnectionLostException or TimeoutException)
            {
                await DisconnectAsync();
                await Task.Delay(20);
            }
        }

        await DisconnectAsync();
    }

    /// <summary>Verifies that what was promised is there: znodes, and sessions, which are in the log too.</summary>
    internal async Task VerifyAsync()
    {
        foreach (var session in _sessions)
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(server, session);
            await client.CloseSessionAsync();
        }

        await using var reader = await RawZooKeeperClient.ConnectAsync(server);
        foreach (string path in _acknowledged)
            Assert.True((await reader.ExistsAsync(path)).IsOk, $"lost: {path}");
        await reader.CloseSessionAsync();
    }

    private async Task<RawZooKeeperClient> ConnectAsync(TimeSpan patience)
    {
        var parameters = new ConnectParameters { SessionTimeout = sessionTimeout, ConnectTimeout = patience };
        var client = await RawZooKeeperClient.ConnectAsync(server, parameters);
        _sessions.Add(parameters with
        {
            SessionId = client.SessionId,
            Password = client.Password,
            ConnectTimeout = s_longestConnecting,
        });
        return client;
    }

    private async Task TryToCreateAsync(RawZooKeeperClient client)
    {
        string path = $"{Prefix}{_tried++}";
        if ((await client.CreateAsync(path, []).WaitAsync(s_patience)).IsOk)
            _acknowledged.Add(path);
    }

    private async Task DisconnectAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
        _client = null;
    }
}
