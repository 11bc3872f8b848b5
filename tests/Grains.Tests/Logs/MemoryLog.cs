using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>A log that keeps its rows in memory, for tests that need many rows and no disk.</summary>
internal sealed class MemoryLog : ILog
{
    private readonly List<LogRow> _rows = [];

    public Guid Incarnation { get; } = Guid.NewGuid();

    public bool IsShared { get; init; }

    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) => ValueTask.FromResult(1L);

    public ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken)
    {
        lock (_rows)
            return ValueTask.FromResult(_rows.Count == 0 ? default : _rows[^1].AsTail());
    }

    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken)
    {
        lock (_rows)
        {
            return ValueTask.FromResult<LogTail?>(
                position == 0 ? default(LogTail) : position <= _rows.Count ? _rows[(int)position - 1].AsTail() : null);
        }
    }

    public ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        Assert.True(row.FirstZxid > expected.LastZxid && row.LastZxid >= row.FirstZxid);
        lock (_rows)
        {
            if (row.Position <= _rows.Count)
                return ValueTask.FromResult(_rows[(int)row.Position - 1].Checksum == row.Checksum);
            if ((_rows.Count == 0 ? default : _rows[^1].AsTail()) != expected)
                return ValueTask.FromResult(false);
            _rows.Add(row with { Body = row.Body.ToArray() });
            return ValueTask.FromResult(true);
        }
    }

    public IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken)
    {
        lock (_rows)
            return _rows.GetRange((int)after.Position, _rows.Count - (int)after.Position).ToAsyncEnumerable();
    }

    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
