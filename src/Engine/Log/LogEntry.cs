namespace Coordination.Engine.Log;

/// <summary>One entry of the log.</summary>
/// <param name="Header">Its number, time, and who asked for it.</param>
/// <param name="Change">What it does.</param>
public readonly record struct LogEntry(EntryHeader Header, Change Change);
