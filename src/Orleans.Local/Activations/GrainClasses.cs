using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Activations;

/// <summary>The grain classes of some assemblies, by the name of their type and by what they implement.</summary>
internal sealed class GrainClasses
{
    private readonly FrozenDictionary<string, GrainClass> _byName;
    private readonly ConcurrentDictionary<Type, GrainClass> _byInterface = new();

    public GrainClasses(IEnumerable<Assembly> assemblies)
    {
        var byName = new Dictionary<string, GrainClass>();
        IEnumerable<Type> types = assemblies.Distinct().SelectMany(static assembly => assembly.GetTypes()).Where(
            static type => type is { IsAbstract: false, IsGenericTypeDefinition: false }
                && type.IsAssignableTo(typeof(Grain)));
        foreach (GrainClass grain in types.Select(static type => new GrainClass(type)))
        {
            if (!byName.TryAdd(grain.Name, grain))
            {
                throw new OrleansConfigurationException(
                    $"{grain.Type} and {byName[grain.Name].Type} have the same grain type, '{grain.Name}'.");
            }
        }

        _byName = byName.ToFrozenDictionary();
    }

    public bool TryGet(string name, [NotNullWhen(true)] out GrainClass? found) => _byName.TryGetValue(name, out found);

    /// <summary>Finds the class that implements an interface.</summary>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public GrainClass Implementing(Type type, string? classNamePrefix) => string.IsNullOrWhiteSpace(classNamePrefix)
        ? _byInterface.GetOrAdd(type, static (key, self) => self.Search(key, ""), this)
        : Search(type, classNamePrefix);

    private GrainClass Search(Type type, string classNamePrefix)
    {
        GrainClass[] found = [.. _byName.Values.Where(candidate => type.IsAssignableFrom(candidate.Type)
            && candidate.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))];
        return found switch
        {
            [GrainClass only] => only,
            [] => throw new ArgumentException($"Could not find an implementation for interface {type}"),
            _ => Array.Find(found, candidate => candidate.Type.FullName == classNamePrefix)
                ?? throw new ArgumentException(
                    $"Unable to identify a single appropriate grain type for interface {type}. Candidates: "
                    + string.Join(", ", found.Select(static candidate => candidate.Type))),
        };
    }
}
