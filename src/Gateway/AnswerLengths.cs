namespace Coordination.Gateway;

/// <summary>The lengths of answers that are measured together, without the four bytes that tell a frame's.</summary>
internal struct AnswerLengths()
{
    private const int LengthBytes = 4;

    /// <summary>That of the last.</summary>
    public int Last { get; private set; }

    /// <summary>That of the shortest.</summary>
    public int Least { get; private set; } = int.MaxValue;

    /// <summary>That of the longest.</summary>
    public int Most { get; private set; }

    /// <summary>All of them together; 0 where none is known.</summary>
    public long Total { get; private set; }

    /// <summary>Adds an answer.</summary>
    /// <param name="frame">The length of its frame.</param>
    public void Add(int frame)
    {
        Last = frame - LengthBytes;
        Least = Math.Min(Least, Last);
        Most = Math.Max(Most, Last);
        Total += Last;
    }
}
