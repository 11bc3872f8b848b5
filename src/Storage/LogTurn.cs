namespace Coordination.Storage;

/// <summary>What came of waiting for the turn to append.</summary>
/// <param name="IsTaken">Whether it is this silo's turn.</param>
/// <param name="Missed">What others have appended before.</param>
public readonly record struct LogTurn(bool IsTaken, LogStretch Missed);
