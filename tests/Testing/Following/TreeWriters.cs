using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Coordination.Testing.RawProtocol;
using ProtocolViolationException = Coordination.Testing.RawProtocol.ProtocolViolationException;

namespace Coordination.Testing.Following;

/// <summary>Clients, one for each server, that change the znodes below one in every way, for as long as they are let.</summary>
/// <remarks>Those whose connection is lost go on at the next server, in a session of their own.</remarks>
public sealed class TreeWriters : IAsyncDisposable
{
    private const int Shared = 10;
    private const int MostInFlight = 4;
    private const int WritesBetweenRests = 4;

    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<IPEndPoint> _servers;
    private readonly string _top;
    private readonly ConcurrentDictionary<long, string> _acknowledged = new();
    private readonly CancellationTokenSource _enough = new();
    private readonly List<Task> _writing;

    private TreeWriters(IReadOnlyList<IPEndPoint> servers, string top, long start)
    {
        _servers = servers;
        _top = top;
        Start = start;
        _writing = [.. servers.Select((_, number) => Task.Run(() => WriteAsync(number)))];
    }

    /// <summary>A zxid before the tree was there.</summary>
    public long Start { get; }

    /// <summary>All writes that were acknowledged, by their zxids.</summary>
    public IReadOnlyDictionary<long, string> Acknowledged => _acknowledged;

    /// <summary>Why one of them has given up; null where none has.</summary>
    public Exception? Failure => _writing.Find(static task => task.IsFaulted)?.Exception;

    /// <summary>Makes the znode at the top, and has the clients begin.</summary>
    public static async Task<TreeWriters> StartAsync(IReadOnlyList<IPEndPoint> servers, string top)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(servers[0]);
        long start = (await client.SyncAsync("/")).Zxid;
        if (!(await client.CreateAsync(top, null)).IsOk)
            throw new InvalidOperationException($"{top} cannot be created");
        for (int i = 0; i < Shared; i++)
            await client.CreateAsync($"{top}/k{i}", null);
        await client.CloseSessionAsync();
        return new TreeWriters(servers, top, start);
    }

    /// <summary>Has them end, each after the answers to what is in flight.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_writing).WaitAsync(3 * s_patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_writing).WaitAsync(3 * s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _enough.Dispose();
    }

    private async Task WriteAsync(int number)
    {
        for (int server = number; !_enough.IsCancellationRequested; server++)
        {
            try
            {
                await using var client = await RawZooKeeperClient.ConnectAsync(_servers[server % _servers.Count]);
                client.KeepAlive(TimeSpan.FromSeconds(1));
                await WriteAsync(client, number);
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                await Task.Delay(s_rest);
            }
        }
    }

    private async Task WriteAsync(RawZooKeeperClient client, int number)
    {
        var inFlight = new Queue<Task>();
        var own = new ConcurrentQueue<string>();
        for (int i = 0; !_enough.IsCancellationRequested; i++)
        {
            inFlight.Enqueue(WriteOneAsync(client, own, $"{number} wrote {i}"));
            if (inFlight.Count == MostInFlight)
                await inFlight.Dequeue().WaitAsync(s_patience);
            if (i % WritesBetweenRests == 0)
                await Task.Delay(s_rest);
        }
        await Task.WhenAll(inFlight).WaitAsync(s_patience);
    }

    private async Task WriteOneAsync(RawZooKeeperClient client, ConcurrentQueue<string> own, string text)
    {
        byte[] data = Encoding.UTF8.GetBytes(text);
        switch (Random.Shared.Next(100))
        {
            case < 50:
                Take(await client.SetDataAsync(SharedPath(), data));
                break;
            case < 65:
                var created = await client.CreateAsync($"{_top}/s-", data, CreateMode.PersistentSequential);
                Take(created);
                if (created.IsOk)
                    own.Enqueue(created.Value);
                break;
            case < 80 when own.TryDequeue(out string? path):
                Take(await client.DeleteAsync(path));
                break;
            case < 90:
                Take(await client.MultiAsync(
                    MultiOperation.SetData(SharedPath(), data), MultiOperation.Create($"{_top}/m-", data, CreateMode.PersistentSequential),
                    MultiOperation.SetData(SharedPath(), null)));
                break;
            case < 98:
                Take(await client.SetAclAsync(SharedPath(), AclEntry.OpenUnsafe));
                break;
            default:
                await VisitAsync(data);
                break;
        }
    }

    // A session whose end deletes several znodes at once; in whatever zxid, its answer does not say.
    private async Task VisitAsync(byte[] data)
    {
        await using var visitor = await RawZooKeeperClient.ConnectAsync(_servers[Random.Shared.Next(_servers.Count)]);
        for (int i = 0; i < 3; i++)
            Take(await visitor.CreateAsync($"{_top}/e-", data, CreateMode.EphemeralSequential));
        await visitor.CloseSessionAsync();
    }

    private string SharedPath() => $"{_top}/k{Random.Shared.Next(Shared)}";

    private void Take<T>(Reply<T> reply)
    {
        if (reply.IsOk)
            _acknowledged[reply.Zxid] = $"{reply}";
        else if (reply.Error is not (ErrorCode.SystemError or ErrorCode.ConnectionLoss or ErrorCode.SessionExpired))
            throw new ProtocolViolationException($"{reply} to a write that nothing is in the way of");
    }
}
