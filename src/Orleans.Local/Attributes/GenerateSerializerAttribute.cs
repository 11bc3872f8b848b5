namespace Orleans;

/// <summary>
/// Says that instances of the type may cross a grain boundary. They are copied on the way: the members that have an
/// <see cref="IdAttribute"/>, and, of a record, those that its primary constructor declares. What a class has besides
/// is left as its constructor leaves it.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
