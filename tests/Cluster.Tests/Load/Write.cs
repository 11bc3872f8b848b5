namespace Coordination.Cluster.Tests.Load;

/// <summary>A sequential znode that was asked for.</summary>
internal sealed class Write(string writer, int number, long sentAt)
{
    /// <summary>What the znode holds: no two writes have the same.</summary>
    internal string Data { get; } = $"{writer} {number}";

    internal string Writer => writer;

    internal int Number => number;

    internal long SentAt => sentAt;

    internal long AnsweredAt { get; private set; }

    internal WriteOutcome Outcome { get; private set; }

    /// <summary>The path that was answered; null where none was.</summary>
    internal string? Path { get; private set; }

    internal void Acknowledge(string path, long at)
    {
        Path = path;
        AnsweredAt = at;
        Outcome = WriteOutcome.Acknowledged;
    }

    internal void Refuse(long at)
    {
        AnsweredAt = at;
        Outcome = WriteOutcome.Refused;
    }

    public override string ToString() => $"{Data} ({Outcome} {Path})";
}
