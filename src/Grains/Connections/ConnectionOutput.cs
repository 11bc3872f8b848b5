using System.Buffers;
using System.IO.Pipelines;
using System.Numerics;
using Coordination.Grains.Messages;

namespace Coordination.Grains.Connections;

/// <summary>What waits for a client to fetch it: written by who serves the connection, and taken in numbered chunks.</summary>
internal sealed class ConnectionOutput : PipeWriter
{
    // As much as a socket's buffer would take before whoever writes more has to wait.
    private const int MostWaiting = 64 * 1024;
    private const int KeptCapacity = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _unflushed = new();
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _holders;
    private long _lastNumber;
    private TaskCompletionSource<FlushResult>? _flushing;
    private TaskCompletionSource<ConnectionChunk>? _asking;
    private bool _isAskingForLong;
    private bool _isEnded;
    private bool _hasToldEnd;

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var written = WriteAsync(_unflushed.WrittenMemory, cancellationToken);
        _unflushed.ResetWrittenCount();
        return written;
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_isEnded)
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
            Append(source.Span);
            HandOver();
            if (_end - _start <= MostWaiting)
                return default;
            _flushing ??= new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<FlushResult>(_flushing.Task.WaitAsync(cancellationToken));
        }
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
            EndFlush(isCanceled: true);
    }

    public override void Complete(Exception? exception = null) => End(discards: exception is not null);

    /// <summary>Nothing comes any more.</summary>
    /// <param name="discards">Whether what was not taken is not to be had any more.</param>
    public void End(bool discards)
    {
        lock (_gate)
        {
            _isEnded = true;
            if (discards)
                Consume(_end - _start);
            EndFlush(isCanceled: false);
            HandOver();
        }
    }

    /// <summary>What is written from now on waits for <see cref="TakeHeld"/> or <see cref="LetGo"/>.</summary>
    public void Hold()
    {
        lock (_gate)
            _holders++;
    }

    /// <summary>Takes what there is, and holds no more.</summary>
    public ConnectionChunk TakeHeld()
    {
        lock (_gate)
        {
            _holders--;
            var chunk = Next();
            HandOver();
            return chunk;
        }
    }

    /// <summary>Holds no more.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _holders--;
            HandOver();
        }
    }

    /// <summary>Takes what there is.</summary>
    public ConnectionChunk Take()
    {
        lock (_gate)
            return Next();
    }

    /// <summary>Takes what there is, or will be.</summary>
    /// <remarks>One waits at a time: who waited before is told that there is nothing.</remarks>
    public Task<ConnectionChunk> TakeAsync()
    {
        lock (_gate)
        {
            var chunk = Next();
            if (chunk != ConnectionChunk.Nothing)
                return Task.FromResult(chunk);
            _asking?.SetResult(chunk);
            _asking = new TaskCompletionSource<ConnectionChunk>(TaskCreationOptions.RunContinuationsAsynchronously);
            _isAskingForLong = false;
            return _asking.Task;
        }
    }

    /// <summary>Who has waited since the call before this one is told that there is nothing.</summary>
    public void AnswerThoseWhoWait()
    {
        lock (_gate)
        {
            if (_isAskingForLong)
                Tell(ConnectionChunk.Nothing);
            _isAskingForLong = _asking is not null;
        }
    }

    private void HandOver()
    {
        if (_asking is null || _holders > 0)
            return;
        var chunk = Next();
        if (chunk != ConnectionChunk.Nothing)
            Tell(chunk);
    }

    private void Tell(ConnectionChunk chunk)
    {
        _asking?.SetResult(chunk);
        _asking = null;
        _isAskingForLong = false;
    }

    private ConnectionChunk Next()
    {
        if (_hasToldEnd)
            return ConnectionChunk.Gone;
        int length = Math.Min(_end - _start, ConnectionChunk.MostBytes);
        if (length == 0 && !_isEnded)
            return ConnectionChunk.Nothing;
        byte[]? bytes = length == 0 ? null : _bytes.AsSpan(_start, length).ToArray();
        Consume(length);
        _hasToldEnd = _isEnded && _start == _end;
        if (_end - _start <= MostWaiting)
            EndFlush(isCanceled: false);
        return new ConnectionChunk(++_lastNumber, bytes, _hasToldEnd);
    }

    private void EndFlush(bool isCanceled)
    {
        _flushing?.SetResult(new FlushResult(isCanceled, _isEnded));
        _flushing = null;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int waiting = _end - _start;
        if (_bytes.Length - _end < bytes.Length)
        {
            int needed = waiting + bytes.Length;
            byte[] target = needed <= _bytes.Length
                ? _bytes : new byte[Math.Max(KeptCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)needed))];
            _bytes.AsSpan(_start, waiting).CopyTo(target);
            _bytes = target;
            _start = 0;
            _end = waiting;
        }
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    private void Consume(int length)
    {
        _start += length;
        if (_start < _end)
            return;
        _start = _end = 0;
        if (_bytes.Length > KeptCapacity)
            _bytes = [];
    }
}
