namespace Orleans;

/// <summary>
/// Names the type of a grain, which is a part of the identity of each such grain. Without it the name is that of the
/// class, in lower case and without <c>Grain</c> at its end.
/// </summary>
/// <param name="grainType">The name, unique among all grain classes; it contains no slash.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    internal string Name { get; } = grainType;
}
