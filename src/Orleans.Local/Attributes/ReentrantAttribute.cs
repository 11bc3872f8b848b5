namespace Orleans.Concurrency;

/// <summary>
/// Lets all requests to a grain of this class interleave: while one awaits, another may start or go on. It is still
/// one turn at a time, so the code between two awaits runs undisturbed.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
