namespace Coordination.Engine.Checkpoint;

/// <summary>The last row of the log that a replica had applied: with its chained checksum it stands for all rows before it.</summary>
/// <param name="Position">The row's position.</param>
/// <param name="Checksum">Its chained checksum.</param>
public readonly record struct AppliedRow(long Position, UInt128 Checksum);
