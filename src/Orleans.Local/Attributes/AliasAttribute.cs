namespace Orleans;

/// <summary>
/// Gives a type, or a method, a name that stays when it is renamed. Nothing leaves the process here, so the name is
/// not used; it is accepted so that one source serves both runtimes.
/// </summary>
/// <param name="alias">The name: unique among all types, or among the methods of a type.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method
    | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class AliasAttribute(string alias) : Attribute
{
    /// <summary>Gets the name.</summary>
    public string Alias { get; } = alias;
}
