using System.Reflection;
using Orleans.Serialization;

namespace Orleans.Copying;

/// <summary>Which fields of a type take part in a copy.</summary>
internal sealed class SerializedMembers
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private SerializedMembers(IReadOnlyList<FieldInfo> serialized, bool areAll)
    {
        Serialized = serialized;
        AreAll = areAll;
    }

    public IReadOnlyList<FieldInfo> Serialized { get; }

    /// <summary>Gets whether the type has no other fields.</summary>
    public bool AreAll { get; }

    /// <summary>Takes all fields of a type of the framework that is known to be no more than its fields.</summary>
    public static SerializedMembers All(Type type) => new(type.GetFields(Declared), true);

    /// <summary>Takes the members of a type, and of its bases, that are to be serialized.</summary>
    /// <exception cref="CodecNotFoundException">The type is not marked, or not rightly.</exception>
    public static SerializedMembers Marked(Type type)
    {
        List<FieldInfo> serialized = [];
        bool areAll = true;
        for (Type part = type; part != typeof(object) && part != typeof(ValueType); part = part.BaseType!)
        {
            if (!part.IsDefined(typeof(GenerateSerializerAttribute), false))
            {
                throw new CodecNotFoundException(
                    $"Could not find a copier for type {type}: {part} has no [GenerateSerializer].");
            }

            FieldInfo[] fields = part.GetFields(Declared);
            FieldInfo[] marked = [.. fields.Where(IsMarked(part))];
            if (fields.Length > 0 && marked.Length == 0)
            {
                throw new CodecNotFoundException(
                    $"Could not find a copier for type {type}: no member of {part} has an [Id].");
            }

            serialized.AddRange(marked);
            areAll &= marked.Length == fields.Length;
        }

        return new SerializedMembers(serialized, areAll);
    }

    /// <summary>Whether the value of a field is passed as it is, by the word of who declared it.</summary>
    public static bool IsImmutable(FieldInfo field) =>
        field.IsDefined(typeof(ImmutableAttribute)) || PropertyOf(field)?.IsDefined(typeof(ImmutableAttribute)) == true;

    private static Func<FieldInfo, bool> IsMarked(Type type)
    {
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            if (property.IsDefined(typeof(IdAttribute)) && type.GetField(BackingField(property.Name), Declared) is null)
            {
                throw new CodecNotFoundException(
                    $"Could not find a copier for type {type}: {property.Name} has an [Id] but is not an "
                    + "auto-property. Mark its field instead.");
            }
        }

        // A record hands over what its primary constructor declares, marked or not.
        HashSet<string> constructed = IsRecord(type)
            ? [.. type.GetConstructors(Declared).SelectMany(static made => made.GetParameters()).Select(NameOf)]
            : [];
        return field => field.IsDefined(typeof(IdAttribute))
            || (PropertyOf(field) is { } property
                && (property.IsDefined(typeof(IdAttribute)) || constructed.Contains(property.Name)));
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is not null;

    private static string NameOf(ParameterInfo parameter) => parameter.Name ?? "";

    private static string BackingField(string property) => $"<{property}>k__BackingField";

    private static PropertyInfo? PropertyOf(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and int end
            ? field.DeclaringType!.GetProperty(field.Name[1..end], Declared)
            : null;
}
