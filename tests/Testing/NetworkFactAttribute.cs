namespace Coordination.Testing;

/// <summary>A fact about silos in networks of their own, where such can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = SiloNetworks.WhyNot;
}
