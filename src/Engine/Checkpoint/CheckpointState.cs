namespace Coordination.Engine.Checkpoint;

/// <summary>What a checkpoint is a picture of: a prefix of the log.</summary>
/// <param name="Position">The last log row that is folded in; 0 for none.</param>
/// <param name="Zxid">The last zxid that is folded in.</param>
/// <param name="Checksum">The chained checksum of that row; 0 for none.</param>
/// <param name="Epoch">The epoch in force after it.</param>
/// <param name="FormatLevel">The format level in force after it.</param>
public readonly record struct CheckpointState(long Position, long Zxid, UInt128 Checksum, int Epoch, int FormatLevel);
