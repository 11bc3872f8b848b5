using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.Activations;

/// <summary>A class of grains.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "grain";

    private readonly ObjectFactory _factory;
    private readonly bool _needsServices;

    public GrainClass(Type type)
    {
        Type = type;
        Name = type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? ConventionalName(type);
        if (Name.Length == 0 || Name.Contains('/'))
            throw new OrleansConfigurationException($"'{Name}', the grain type of {type}, is empty or has a slash.");
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        HasOnActivate = Overrides(nameof(Grain.OnActivateAsync), typeof(CancellationToken));
        HasOnDeactivate = Overrides(
            nameof(Grain.OnDeactivateAsync), typeof(DeactivationReason), typeof(CancellationToken));
        _factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
        _needsServices = Array.Exists(type.GetConstructors(), static made => made.GetParameters().Length > 0);
    }

    public Type Type { get; }

    public string Name { get; }

    public bool IsReentrant { get; }

    public bool HasOnActivate { get; }

    public bool HasOnDeactivate { get; }

    /// <summary>Creates a grain, in a turn of its activation.</summary>
    /// <exception cref="InvalidOperationException">The constructor threw, or a service is missing.</exception>
    public Grain Create(Activation activation)
    {
        try
        {
            // A scope of services is made only for who might want one: there may be very many grains.
            return (Grain)_factory(_needsServices ? activation.ActivationServices : activation.Silo.Services, null);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"Failed to create an instance of grain type '{Type}'. See InnerException for details.", exception);
        }
    }

    private static string ConventionalName(Type type)
    {
        string name = type.Name.ToLowerInvariant();
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
            ? name[..^Suffix.Length]
            : name;
    }

    private bool Overrides(string method, params Type[] parameters) =>
        Type.GetMethod(method, parameters)!.DeclaringType != typeof(Grain);
}
