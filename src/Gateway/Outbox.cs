using System.IO.Pipelines;
using System.Net.Sockets;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>What is on its way to a client: answers and events, in the order in which they were put in.</summary>
/// <remarks>Several threads put frames in, under <see cref="Gate"/>; one at a time sends. While it sends, the next fill
/// another buffer, so that nobody ever waits for a client. Frames go to the socket itself, where there is one: what a pipe takes
/// to hand them to another loop is a third of the time that a thousand watchers wait for an event.</remarks>
internal sealed class Outbox : IAsyncDisposable
{
    private const int KeptCapacity = 16 * 1024;

    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(5);

    private readonly PipeWriter _transport;
    private readonly Action _abort;
    private Socket? _socket;
    private JuteBuffer _filling = new();
    private JuteBuffer _sending = new();
    private TaskCompletionSource? _emptied;
    private bool _isSending;
    private bool _isHeld;
    private bool _isClosed;

    /// <summary>Makes one for a connection to which nothing was sent yet.</summary>
    /// <param name="transport">Takes what the socket does not.</param>
    /// <param name="socket">The connection's, which does not block; null where what is sent is not what goes over the wire.</param>
    /// <param name="abort">Ends the connection without a word.</param>
    public Outbox(PipeWriter transport, Socket? socket, Action abort)
    {
        _transport = transport;
        _socket = socket;
        _abort = abort;
    }

    /// <summary>Held while a frame is put in.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What frames are written to, under <see cref="Gate"/>.</summary>
    public JuteBuffer Buffer => _filling;

    /// <summary>How many bytes wait for what is being sent to be taken.</summary>
    public int Unsent => _filling.Length;

    /// <summary>Sends what was put in, unless somebody is sending, who will.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_isSending || _isClosed || _isHeld || _filling.Length == 0)
                return;
            _isSending = true;
            (_filling, _sending) = (_sending, _filling);
        }
        while (true)
        {
            ValueTask<FlushResult> sent;
            try
            {
                int taken = SendAtOnce();
                sent = taken == _sending.Length ? default : _transport.WriteAsync(_sending.WrittenMemory[taken..]);
            }
            catch (InvalidOperationException)
            {
                // The transport was completed: the connection is closing.
                StopSending();
                return;
            }
            if (!sent.IsCompletedSuccessfully)
            {
                _ = FinishAsync(sent);
                return;
            }
            if (!NextBuffer(sent.Result))
                return;
        }
    }

    /// <summary>Gives away the buffer with all that waits, for a frame at its end that takes long to write: what is put in
    /// from now on comes behind it. The caller holds <see cref="Gate"/>; only one may hold the outbox.</summary>
    public JuteBuffer Hold()
    {
        _isHeld = true;
        var held = _filling;
        _filling = new JuteBuffer();
        return held;
    }

    /// <summary>Takes back what <see cref="Hold"/> gave away; to be flushed by the caller.</summary>
    public void Release(JuteBuffer held)
    {
        lock (Gate)
        {
            held.WriteRaw(_filling.WrittenSpan);
            _filling.Dispose();
            _filling = held;
            _isHeld = false;
        }
    }

    /// <summary>Waits until nothing waits to be sent; ends too when the connection closes.</summary>
    public Task WaitUntilSentAsync()
    {
        lock (Gate)
        {
            if (!_isSending && (_isClosed || _filling.Length == 0))
                return Task.CompletedTask;
            _emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptied.Task;
        }
    }

    /// <summary>Sends nothing of what waits, nor of what is put in from now on.</summary>
    public void Close()
    {
        TaskCompletionSource? emptied = null;
        lock (Gate)
        {
            _isClosed = true;
            if (!_isSending)
                (emptied, _emptied) = (_emptied, null);
        }
        emptied?.TrySetResult();
    }

    /// <summary>Sends what waits, as far as the client takes it in time, and nothing after that: from then on nobody but the
    /// connection's own task touches the transport. OpenSSL, for one, takes no farewell from one thread while another sends.</summary>
    /// <exception cref="TimeoutException">Somebody still sends, long after the connection was aborted.</exception>
    public async ValueTask DisposeAsync()
    {
        Flush();
        try
        {
            await WaitUntilSentAsync().WaitAsync(_longestEnd);
        }
        catch (TimeoutException)
        {
            // One who does not read could keep the transport, and the silo's end, waiting for ever.
            _abort();
        }
        Close();
        await WaitUntilSentAsync().WaitAsync(_longestEnd);
    }

    // Says how much the socket has taken. What it has no room for, and all behind it, goes by the transport, which also finds
    // out what has become of a connection that takes nothing.
    private int SendAtOnce()
    {
        if (_socket is not { } socket)
            return 0;
        int sent = 0;
        try
        {
            sent = socket.Send(_sending.WrittenSpan, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                sent = 0;
        }
        catch (ObjectDisposedException)
        {
            // The connection is closing.
        }
        if (sent < _sending.Length)
            _socket = null;
        return sent;
    }

    private async Task FinishAsync(ValueTask<FlushResult> sent)
    {
        try
        {
            while (true)
            {
                if (!NextBuffer(await sent))
                    return;
                sent = _transport.WriteAsync(_sending.WrittenMemory);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            StopSending();
        }
    }

    private void StopSending()
    {
        lock (Gate)
            _isSending = false;
        Close();
    }

    // Whether there is more to send.
    private bool NextBuffer(FlushResult result)
    {
        TaskCompletionSource? emptied = null;
        lock (Gate)
        {
            _sending.Clear(KeptCapacity);
            if (result.IsCompleted || result.IsCanceled)
                _isClosed = true;
            if (_filling.Length > 0 && !_isClosed && !_isHeld)
            {
                (_filling, _sending) = (_sending, _filling);
                return true;
            }
            _isSending = false;
            emptied = _emptied;
            _emptied = null;
        }
        emptied?.TrySetResult();
        return false;
    }
}
