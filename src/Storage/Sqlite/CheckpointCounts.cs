namespace Coordination.Storage.Sqlite;

/// <summary>How many rows the checkpoint's tables have, so that a lost one is missed.</summary>
internal record struct CheckpointCounts(long Znodes, long Sessions, long Answers, long Counters, long SiloBatches);
