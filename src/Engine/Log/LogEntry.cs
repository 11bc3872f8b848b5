namespace Coordination.Engine.Log;

/// <summary>One entry of the log.</summary>
/// <param name="Header">Its number, time, and who asked for it.</param>
/// <param name="Change">What it does.</param>
public readonly record struct LogEntry(EntryHeader Header, Change Change)
{
    /// <summary>The client's number of the write, where it has one.</summary>
    public OnceNumber Once { get; init; }
}
