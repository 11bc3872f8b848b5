namespace Coordination.Scheduler.Results;

/// <summary>The result database cannot be had for now.</summary>
internal sealed class ResultsUnavailableException(Exception inner)
    : Exception($"the result database cannot be had: {inner.Message}", inner);
