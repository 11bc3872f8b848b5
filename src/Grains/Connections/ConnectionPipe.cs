using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Coordination.Grains.Messages;

namespace Coordination.Grains.Connections;

/// <summary>What a connection's bytes go through between its grain and who serves it.</summary>
/// <remarks>What the client sends is handled on the thread that brings it, as what arrives on a socket is: so the answer to a
/// read goes back with the answer to the call that brought the read.</remarks>
public sealed class ConnectionPipe : IDuplexPipe
{
    private static readonly Task<ConnectionChunk> s_nothing = Task.FromResult(ConnectionChunk.Nothing);

    private readonly ChunkOrder _order = new();
    private readonly Pipe _input;
    private readonly ConnectionOutput _output = new();
    private Task _feeding = Task.CompletedTask;
    private long _lastReceive;
    private bool _isClosed;

    /// <summary>Makes one.</summary>
    /// <param name="mostUnread">How many bytes may wait to be read until who sends more has to wait too.</param>
    public ConnectionPipe(long mostUnread) => _input = new Pipe(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool, pauseWriterThreshold: mostUnread,
        resumeWriterThreshold: mostUnread / 2, useSynchronizationContext: false));

    /// <inheritdoc/>
    public PipeReader Input => _input.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <summary>The server wants no more of the connection: nothing that is still on its way matters.</summary>
    public void Abort()
    {
        _output.End(discards: true);
        _input.Reader.CancelPendingRead();
    }

    /// <summary>The server is done with the connection: what it has written is still to be had.</summary>
    public void End()
    {
        _output.End(discards: false);
        _input.Reader.Complete();
    }

    /// <summary>Takes what the client has sent. In turns of the grain.</summary>
    /// <returns>What there is for the client by then.</returns>
    internal Task<ConnectionChunk> SendAsync(ConnectionChunk chunk)
    {
        if (_isClosed || chunk.Bytes?.Length > ConnectionChunk.MostBytes || !TryAdd(chunk, out bool isNew))
        {
            Abort();
            return Task.FromResult(_output.Take());
        }
        // Nobody hears the second answer to a call that came twice: nothing may be in it.
        if (!isNew)
            return s_nothing;
        if (!_feeding.IsCompleted)
            return SendWhenFedAsync();
        _output.Hold();
        _feeding = Feed();
        if (_feeding.IsCompleted)
            return Task.FromResult(_output.TakeHeld());
        _output.LetGo();
        return SendWhenFedAsync();
    }

    /// <summary>Waits until there is something for the client. In turns of the grain.</summary>
    internal Task<ConnectionChunk> ReceiveAsync(long number)
    {
        if (number <= _lastReceive)
            return s_nothing;
        _lastReceive = number;
        return _output.TakeAsync();
    }

    /// <summary>Has one who waits since the call before this one wait no longer.</summary>
    internal void AnswerThoseWhoWait() => _output.AnswerThoseWhoWait();

    /// <summary>The client is gone: what it has sent is still to be read. In turns of the grain.</summary>
    internal async Task CloseAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _output.End(discards: true);
        await WhenFedAsync();
        await _input.Writer.CompleteAsync();
    }

    private async Task<ConnectionChunk> SendWhenFedAsync()
    {
        await WhenFedAsync();
        return _output.Take();
    }

    private async Task WhenFedAsync()
    {
        while (true)
        {
            await _feeding;
            if (!HasNext())
                return;
            if (_feeding.IsCompleted)
                _feeding = Feed();
        }
    }

    // On this thread, but in no turn of the grain: what the server awaits must not go on in one.
    private Task Feed()
    {
        var task = new Task<Task>(static self => ((ConnectionPipe)self!).FeedAsync(), this);
        task.RunSynchronously(TaskScheduler.Default);
        return task.Result;
    }

    private async Task FeedAsync()
    {
        while (TryTake(out var chunk))
        {
            if (chunk.Bytes is not { Length: > 0 } bytes)
                continue;
            _input.Writer.Write(bytes);
            await _input.Writer.FlushAsync();
        }
    }

    private bool TryAdd(ConnectionChunk chunk, out bool isNew)
    {
        lock (_order)
        {
            isNew = !_order.Has(chunk.Number);
            return _order.TryAdd(chunk);
        }
    }

    private bool TryTake([NotNullWhen(true)] out ConnectionChunk? chunk)
    {
        lock (_order)
            return _order.TryTake(out chunk);
    }

    private bool HasNext()
    {
        lock (_order)
            return _order.HasNext;
    }
}
