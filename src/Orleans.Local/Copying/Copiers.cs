using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Copying;

/// <summary>Finds out how values of a type are passed.</summary>
internal static class Copiers
{
    private static readonly HashSet<Type> Unchanging =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(DateOnly), typeof(TimeOnly), typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger),
        typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(GrainId),
    ];

    // Which copier each generic type of the framework has.
    private static readonly Dictionary<Type, Type> Collections = new()
    {
        [typeof(List<>)] = typeof(ListCopier<>),
        [typeof(HashSet<>)] = typeof(HashSetCopier<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCopier<,>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCopier<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCopier<>),
    };

    private static readonly ConcurrentDictionary<Type, ValueCopier> Known = new();

    /// <summary>Finds the copier of what is declared as of a type, and may be of a derived one.</summary>
    /// <exception cref="CodecNotFoundException">No value of the type may be passed.</exception>
    public static ValueCopier ForDeclared(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsInterface && type.IsAssignableTo(typeof(IAddressable))) return new ReferenceCopier(type);
        return type.IsSealed || type.IsArray ? ForExact(type) : RuntimeTypeCopier.Instance;
    }

    /// <summary>Finds the copier of what is of just this type.</summary>
    /// <exception cref="CodecNotFoundException">Values of the type may not be passed.</exception>
    public static ValueCopier ForExact(Type type) =>
        Known.TryGetValue(type, out ValueCopier? known) ? known : Known.GetOrAdd(type, Create(type));

    private static ValueCopier Create(Type type)
    {
        if (type.IsPrimitive
            || type.IsEnum
            || Unchanging.Contains(type)
            || type.IsDefined(typeof(ImmutableAttribute), false)
            || type.IsAssignableTo(typeof(Exception))
            || type.IsAssignableTo(typeof(Type))
            || type.IsAssignableTo(typeof(GrainReference)))
        {
            return ShallowCopier.Instance;
        }

        if (type.IsSZArray) return Make(typeof(ArrayCopier<>), type.GetElementType()!);
        bool isPlain = false;
        if (type.IsConstructedGenericType)
        {
            Type definition = type.GetGenericTypeDefinition();
            if (Collections.TryGetValue(definition, out Type? copier)) return Make(copier, type.GetGenericArguments());
            isPlain = type.IsAssignableTo(typeof(ITuple)) || definition == typeof(KeyValuePair<,>);
        }

        return new MemberCopier(type, isPlain ? SerializedMembers.All(type) : SerializedMembers.Marked(type));
    }

    private static ValueCopier Make(Type copier, params Type[] arguments) =>
        (ValueCopier)Activator.CreateInstance(copier.MakeGenericType(arguments))!;
}
