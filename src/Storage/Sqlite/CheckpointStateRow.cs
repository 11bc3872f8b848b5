using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>The row of the checkpoint's table state.</summary>
/// <param name="State">What the checkpoint is a picture of.</param>
/// <param name="Incarnation">Names the history of the log that it belongs to.</param>
/// <param name="Counts">How many rows its tables have; zeros where a former format does not say.</param>
internal readonly record struct CheckpointStateRow(CheckpointState State, Guid Incarnation, CheckpointCounts Counts);
