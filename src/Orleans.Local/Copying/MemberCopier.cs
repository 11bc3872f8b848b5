using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Copying;

/// <summary>Copies objects, and structs, member by member.</summary>
internal sealed class MemberCopier(Type type, SerializedMembers members) : ValueCopier
{
    private static readonly Func<object, object> Clone = typeof(object)
        .GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
        .CreateDelegate<Func<object, object>>();

    // Looked up when first needed, for a type may contain itself.
    private readonly Lazy<(FieldInfo Field, ValueCopier Copier)[]> _deep = new(() =>
    [
        .. members.Serialized
            .Where(static field => !SerializedMembers.IsImmutable(field))
            .Select(static field => (Field: field, Copier: Copiers.ForDeclared(field.FieldType)))
            .Where(static pair => !pair.Copier.IsShallow),
    ]);

    public override bool IsShallow => type.IsValueType && _deep.Value.Length == 0;

    protected override object CopyValue(object original, CopyContext context)
    {
        if (type.IsValueType) return Fill(Clone(original), original, context);
        if (context.TryGet(original, out object? known)) return known;
        object copy = members.AreAll ? Clone(original) : CreateWithoutOthers(original);
        context.Add(original, copy);
        return Fill(copy, original, context);
    }

    private object Fill(object copy, object original, CopyContext context)
    {
        foreach ((FieldInfo field, ValueCopier copier) in _deep.Value)
            field.SetValue(copy, copier.Copy(field.GetValue(original), context));
        return copy;
    }

    // What is not serialized is, as after a way over the wire, as the constructor leaves it.
    private object CreateWithoutOthers(object original)
    {
        object copy = type.GetConstructor(Type.EmptyTypes)?.Invoke(null) ?? RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in members.Serialized) field.SetValue(copy, field.GetValue(original));
        return copy;
    }
}
