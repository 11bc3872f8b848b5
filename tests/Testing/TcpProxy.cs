using System.Net;
using System.Net.Sockets;

namespace Coordination.Testing;

/// <summary>Stands between a client and a server, and can be a network that has failed: one that swallows everything
/// without a word, or one whose every connection is cut.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private volatile IPEndPoint _target;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();
    private TaskCompletionSource _openForAnswers = Opened();
    private bool _refuses;

    /// <summary>Stands before a server.</summary>
    public TcpProxy(IPEndPoint target)
        : this(target, IPAddress.Loopback)
    {
    }

    /// <summary>Stands before a server, for clients in another network.</summary>
    /// <param name="target">The server.</param>
    /// <param name="address">Where those clients reach the proxy.</param>
    public TcpProxy(IPEndPoint target, IPAddress address)
    {
        _target = target;
        _listener = new TcpListener(address, FreePort.Take());
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Has new connections get to another server.</summary>
    public void Redirect(IPEndPoint target) => _target = target;

    /// <summary>Nothing gets through any more, and nobody is told: what is sent meanwhile waits, as it does in the
    /// buffers of a network that comes back.</summary>
    public void Silence()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>No answer gets through any more, while what is asked does.</summary>
    public void SilenceAnswers()
    {
        lock (_gate)
        {
            if (_openForAnswers.Task.IsCompleted)
                _openForAnswers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Cuts every connection, and each new one at once.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _refuses = true;
            CutAll();
        }
    }

    /// <summary>Cuts every connection; new ones get through.</summary>
    public void Cut()
    {
        lock (_gate)
            CutAll();
    }

    /// <summary>Lets everything through again.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            _refuses = false;
            _open.TrySetResult();
            _openForAnswers.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        lock (_gate)
            CutAll();
        await _accepting;
        _stopping.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It is disposed, or who came has gone already.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var target = _target;
        var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (!TryEnter(client, server))
                return;
            client.NoDelay = true;
            await WaitUntilOpenAsync();
            await server.ConnectAsync(target, _stopping.Token);
            var there = CopyAsync(client, server, WaitUntilOpenAsync);
            var back = CopyAsync(server, client, WaitUntilOpenForAnswersAsync);
            await Task.WhenAny(there, back);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two is gone, and so is the other.
        }
        finally
        {
            Leave(client, server);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<Task> waitUntilOpen)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int received = await from.ReceiveAsync(buffer, _stopping.Token);
                await waitUntilOpen();
                if (received == 0)
                    return;
                for (int sent = 0; sent < received;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), _stopping.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two is gone, or cut.
        }
    }

    private Task WaitUntilOpenAsync()
    {
        lock (_gate)
            return _open.Task.WaitAsync(_stopping.Token);
    }

    private Task WaitUntilOpenForAnswersAsync()
    {
        lock (_gate)
            return Task.WhenAll(_open.Task, _openForAnswers.Task).WaitAsync(_stopping.Token);
    }

    private bool TryEnter(Socket client, Socket server)
    {
        lock (_gate)
        {
            _sockets.Add(client);
            _sockets.Add(server);
            return !_refuses && !_stopping.IsCancellationRequested;
        }
    }

    private void Leave(Socket client, Socket server)
    {
        lock (_gate)
        {
            _sockets.Remove(client);
            _sockets.Remove(server);
        }
        client.Dispose();
        server.Dispose();
    }

    // With a reset, as a firewall does it: both sides know at once.
    private void CutAll()
    {
        foreach (var socket in _sockets)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        _sockets.Clear();
    }
}
