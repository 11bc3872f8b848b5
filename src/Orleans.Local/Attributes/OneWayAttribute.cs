namespace Orleans.Concurrency;

/// <summary>
/// Says that the caller of a method does not wait: the task it gets is complete at once, and neither a result nor an
/// exception comes back. A call that finds its grain overloaded or failing is lost, and logged.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
