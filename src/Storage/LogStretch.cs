namespace Coordination.Storage;

/// <summary>Rows of the log that follow each other.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="ReachesTail">Whether there were none after them when they were read.</param>
public readonly record struct LogStretch(IReadOnlyList<LogRow> Rows, bool ReachesTail);
