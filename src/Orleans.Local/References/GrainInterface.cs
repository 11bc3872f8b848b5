using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.References;

/// <summary>An interface of grains or observers: its methods, and references that have it.</summary>
internal sealed class GrainInterface
{
    private readonly ConcurrentDictionary<MethodInfo, GrainMethod> _methods = new();
    private readonly GrainReference _prototype;

    public GrainInterface(Type type, LocalSilo silo)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is not an interface of grains or observers.", nameof(type));
        Type = type;
        Silo = silo;

        // All methods at once, so that what is wrong with one is found when the first reference is made.
        foreach (MethodInfo method in type.GetInterfaces().Append(type).SelectMany(static part => part.GetMethods()))
            Method(method);
        _prototype = (GrainReference)DispatchProxy.Create(type, typeof(GrainReference));
    }

    public Type Type { get; }

    public LocalSilo Silo { get; }

    public GrainReference Refer(GrainId id, ObserverEndpoint? observer = null) =>
        _prototype.Refer(this, id, observer);

    public GrainMethod Method(MethodInfo method) =>
        _methods.GetOrAdd(method, static (key, silo) => GrainMethod.Create(key, silo), Silo);
}
