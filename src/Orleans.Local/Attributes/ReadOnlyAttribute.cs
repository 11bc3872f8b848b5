namespace Orleans.Concurrency;

/// <summary>
/// Says that a method of a grain interface leaves the grain's state as it is, so that it may interleave with others
/// that say the same.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
