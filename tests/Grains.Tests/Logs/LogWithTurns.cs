using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>One writer's side of a log that several share, and take turns at appending to.</summary>
/// <param name="shared">The log.</param>
/// <param name="turn">What all of its writers wait for.</param>
internal sealed class LogWithTurns(ILog shared, SemaphoreSlim turn) : ILog, ILogTurns
{
    private bool _hasTurn;
    private bool _hasWaitedInVain;

    public Guid Incarnation => shared.Incarnation;

    public bool IsShared => true;

    public ILogTurns Turns => this;

    /// <summary>Whether it is never this writer's turn, however long it waits.</summary>
    public bool WaitsInVain { get; set; }

    /// <summary>How many appends were tried.</summary>
    public int Appends { get; private set; }

    /// <summary>How many of them came second.</summary>
    public int Lost { get; private set; }

    /// <summary>How many turns this writer had.</summary>
    public int Taken { get; private set; }

    /// <summary>How often it read what others had appended.</summary>
    public int Reads { get; private set; }

    public async ValueTask<bool> AppendAsync(LogRow row, LogTail expected)
    {
        Appends++;
        bool hasTurn = _hasTurn || turn.Wait(0);
        bool isAppended = (hasTurn || _hasWaitedInVain) && await shared.AppendAsync(row, expected);
        if (!isAppended)
            Lost++;
        _hasTurn = false;
        if (hasTurn)
            turn.Release();
        return isAppended;
    }

    public async ValueTask<LogStretch> ReadNextAsync(LogTail after)
    {
        Reads++;
        var rows = new List<LogRow>();
        await foreach (var row in shared.ReadAsync(after, CancellationToken.None))
            rows.Add(row);
        return new LogStretch(rows, ReachesTail: true);
    }

    public async ValueTask<LogTurn> TakeAsync(LogTail after)
    {
        Assert.False(_hasTurn);
        _hasTurn = !WaitsInVain;
        _hasWaitedInVain = WaitsInVain;
        if (_hasTurn)
        {
            await turn.WaitAsync();
            Taken++;
        }
        return new LogTurn(_hasTurn, await ReadNextAsync(after));
    }

    public ValueTask GiveBackAsync()
    {
        Assert.True(_hasTurn);
        _hasTurn = false;
        turn.Release();
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> ReadFirstPositionAsync(CancellationToken cancellationToken) =>
        shared.ReadFirstPositionAsync(cancellationToken);

    public ValueTask<LogTail> ReadTailAsync(CancellationToken cancellationToken) => shared.ReadTailAsync(cancellationToken);

    public ValueTask<LogTail?> ReadTailAtAsync(long position, CancellationToken cancellationToken) =>
        shared.ReadTailAtAsync(position, cancellationToken);

    public IAsyncEnumerable<LogRow> ReadAsync(LogTail after, CancellationToken cancellationToken) =>
        shared.ReadAsync(after, cancellationToken);

    public ValueTask<long> FindFirstOfLastAsync(long bytes, CancellationToken cancellationToken) =>
        shared.FindFirstOfLastAsync(bytes, cancellationToken);

    public ValueTask<bool> TrimAsync(long firstKept, CancellationToken cancellationToken) =>
        shared.TrimAsync(firstKept, cancellationToken);

    public ValueTask DisposeAsync() => shared.DisposeAsync();
}
