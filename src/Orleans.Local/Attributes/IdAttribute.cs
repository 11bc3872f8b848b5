namespace Orleans;

/// <summary>Names a member of a type that has <see cref="GenerateSerializerAttribute"/> by a number.</summary>
/// <param name="id">The number, unique within the type that declares the member.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method
    | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class IdAttribute(uint id) : Attribute
{
    /// <summary>Gets the number.</summary>
    public uint Id { get; } = id;
}
