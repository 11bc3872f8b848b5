namespace Orleans.Concurrency;

/// <summary>Lets a method of a grain interface interleave with whatever requests the grain has under way.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
