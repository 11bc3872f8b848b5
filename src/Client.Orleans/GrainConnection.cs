using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Client;

/// <summary>A connection whose bytes go through a grain: a call for each chunk sent, and one that waits for whatever the
/// server has to say by itself.</summary>
internal sealed class GrainConnection : ITransportConnection
{
    // Enough to keep both sides busy, and few enough for requests to gather meanwhile.
    private const int MostCalls = 4;

    private readonly IConnectionGrain _grain;
    private readonly ChunkOrder _order = new();
    private readonly SemaphoreSlim _calls = new(MostCalls);
    private readonly Pipe _input = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false));
    private Exception? _failure;
    private long _lastNumber;
    private bool _isDelivering;
    private bool _isOver;
    private bool _isReceiving;
    private bool _hasServerEnded;
    private bool _hasToldClosed;

    internal GrainConnection(IConnectionGrain grain) => _grain = grain;

    /// <inheritdoc/>
    public PipeReader Input => _input.Reader;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            await _calls.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _isOver))
                throw new IOException("the connection is over", _failure);
            int length = Math.Min(bytes.Length, ConnectionChunk.MostBytes);
            _ = SendAsync(new ConnectionChunk(++_lastNumber, bytes[..length].ToArray()));
            bytes = bytes[length..];
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        TryEnd(null);
        // Nobody waits for it: a server that does not hear of it notices that nobody asks any more.
        if (_lastNumber > 0 && !_hasServerEnded && !Interlocked.Exchange(ref _hasToldClosed, true))
            _ = TellClosedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _input.Reader.CompleteAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(ConnectionChunk chunk)
    {
        try
        {
            var answer = await _grain.SendAsync(chunk).ConfigureAwait(false);
            _calls.Release();
            // The grain knows of the connection from the first chunk on.
            if (!Interlocked.Exchange(ref _isReceiving, true))
                _ = ReceiveAllAsync();
            await DeliverAsync(answer).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            TryEnd(exception);
        }
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            for (long number = 1; !Volatile.Read(ref _isOver); number++)
                await DeliverAsync(await _grain.ReceiveAsync(number).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            TryEnd(exception);
        }
    }

    private async Task TellClosedAsync()
    {
        try
        {
            await _grain.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The silo is gone, and the connection with it.
        }
    }

    // One at a time puts what has come into the pipe, whoever brought it.
    private async ValueTask DeliverAsync(ConnectionChunk chunk)
    {
        if (chunk is { Number: 0, IsLast: false } || !TryBeginDelivery(chunk))
            return;
        while (TryTakeNext(out var next))
        {
            if (next.Bytes is { } bytes)
                _input.Writer.Write(bytes);
            if (next.IsLast)
                EndByServer();
            else
                await _input.Writer.FlushAsync().ConfigureAwait(false);
        }
    }

    private void EndByServer()
    {
        _hasServerEnded = true;
        TryEnd(null);
    }

    private bool TryBeginDelivery(ConnectionChunk chunk)
    {
        if (chunk.Number == 0)
            throw new IOException("the grain knows of no such connection: its silo has ended, or heard nothing for too long");
        lock (_order)
        {
            if (!_order.TryAdd(chunk))
                throw new IOException($"chunk {chunk.Number} has come, and others before it have not");
            if (_isDelivering || _isOver || !_order.HasNext)
                return false;
            return _isDelivering = true;
        }
    }

    private bool TryTakeNext([NotNullWhen(true)] out ConnectionChunk? chunk)
    {
        lock (_order)
        {
            chunk = null;
            if (!_isOver && _order.TryTake(out chunk))
                return true;
            _isDelivering = false;
            if (!_isOver)
                return false;
        }
        _input.Writer.Complete(_failure);
        return false;
    }

    private void TryEnd(Exception? failure)
    {
        lock (_order)
        {
            if (_isOver)
                return;
            _failure = failure;
            Volatile.Write(ref _isOver, true);
            // Who delivers ends it then.
            if (_isDelivering)
                return;
        }
        _input.Writer.Complete(failure);
    }
}
