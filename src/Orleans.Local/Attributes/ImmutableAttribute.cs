namespace Orleans;

/// <summary>
/// Promises that a type, a member, an argument or a result is never changed once it has been handed over, so that it
/// is passed as it is instead of being copied.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Property | AttributeTargets.Field
    | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class ImmutableAttribute : Attribute;
