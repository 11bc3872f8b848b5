using System.Collections.Concurrent;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>A log whose appends, and questions for its tail, fail, or take their time, when the test wants them to.</summary>
internal sealed class FaultyLog(ILog inner) : ILog
{
    private readonly ConcurrentQueue<AppendFault> _faults = new();
    private readonly ConcurrentQueue<HeldAppend> _held = new();
    private int _appends;
    private int _tailsAsked;

    public Guid Incarnation => inner.Incarnation;

    public bool IsShared => inner.IsShared;

    /// <summary>How many appends were tried.</summary>
    public int Appends => Volatile.Read(ref _appends);

    /// <summary>How an append goes that no fault was lined up for.</summary>
    public AppendFault Default { get; set; }

    /// <summary>Runs before every append.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before every question for the tail.</summary>
    public Func<Task> BeforeTail { get; set; } = () => Task.CompletedTask;

    /// <summary>How many times the tail was asked for.</summary>
    public int TailsAsked => Volatile.Read(ref _tailsAsked);

    /// <summary>Runs instead of every trim, which it may carry out.</summary>
    public Func<Func<ValueTask<bool>>, ValueTask<bool>> Trim { get; set; } = trim => trim();

    /// <summary>Lines up faults: one for each append that comes.</summary>
    public void Fail(params AppendFault[] faults) => Array.ForEach(faults, _faults.Enqueue);

    /// <summary>Holds the next append that is not held yet.</summary>
    public HeldAppend Hold()
    {
        var held = new HeldAppend();
        _held.Enqueue(held);
        return held;
    }

    public async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        Interlocked.Increment(ref _appends);
        await Before();
        if (_held.TryDequeue(out var held))
            await held.WaitAsync();
        switch (_faults.TryDequeue(out var fault) ? fault : Default)
        {
            case AppendFault.UnknownThoughAppended:
                await inner.AppendAsync(row, expected);
                throw new LogOutcomeUnknownException("the answer was lost");
            case AppendFault.UnknownAndNotAppended:
                throw new LogOutcomeUnknownException("the question was lost");
            case AppendFault.Unavailable:
                throw new LogUnavailableException("the disk is full");
            case AppendFault.CorruptThoughAppended:
                await inner.AppendAsync(row, expected);
                throw new LogCorruptException("the disk failed");
            default:
                return await inner.AppendAsync(row, expected);
        }
    }

    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) =>
        inner.ReadFirstPositionAsync(cancellationToken);

    public async ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _tailsAsked);
        await BeforeTail();
        return await inner.ReadTailAsync(cancellationToken);
    }

    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken) =>
        inner.ReadTailAtAsync(position, cancellationToken);

    public IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken) =>
        inner.ReadAsync(after, cancellationToken);

    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken) =>
        inner.FindFirstOfLastAsync(bytes, cancellationToken);

    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken) =>
        Trim(() => inner.TrimAsync(firstKept, cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
