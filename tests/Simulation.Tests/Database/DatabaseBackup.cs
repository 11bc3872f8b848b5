using Coordination.Engine.Tests.Checks;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>What was in the database at some moment.</summary>
internal sealed record DatabaseBackup(
    IReadOnlyList<LogRow> Rows, LogTail Forgotten, CheckpointRows Checkpoint, IReadOnlyList<SiloRecord> Silos);
