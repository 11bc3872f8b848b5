namespace Coordination.Engine.Validation;

/// <summary>What the numbered writes of a session that are in flight will be answered with.</summary>
internal sealed class PendingAnswers(long sessionId)
{
    /// <summary>The most bytes that the answers take that a session's client waits for.</summary>
    public const long MostBytes = 4 << 20;

    private readonly Queue<int> _lengths = new();

    public long SessionId { get; } = sessionId;

    public long LastNumber { get; private set; }

    public long Bytes { get; private set; }

    public void Add(long number, int bytes)
    {
        LastNumber = number;
        Bytes += bytes;
        _lengths.Enqueue(bytes);
    }

    /// <summary>Takes away the oldest, which is applied.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool TakeFirst()
    {
        Bytes -= _lengths.Dequeue();
        return _lengths.Count == 0;
    }
}
