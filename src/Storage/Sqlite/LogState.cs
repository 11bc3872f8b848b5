namespace Coordination.Storage.Sqlite;

/// <summary>The row of the log file's table state.</summary>
/// <param name="Incarnation">Names this history of the log.</param>
/// <param name="Forgotten">The last row that was trimmed off.</param>
/// <param name="ConfirmedPosition">A position that the log is known to reach.</param>
internal readonly record struct LogState(Guid Incarnation, LogTail Forgotten, long ConfirmedPosition);
