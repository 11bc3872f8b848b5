namespace Orleans.Calls;

/// <summary>Stands for the result of methods that have none.</summary>
internal readonly struct NoResult;
