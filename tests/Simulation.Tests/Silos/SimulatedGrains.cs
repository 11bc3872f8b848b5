using System.Reflection;
using Coordination.Grains;
using Orleans;

namespace Coordination.Simulation.Tests.Silos;

/// <summary>Gives out the sessions of a silo; there are no other grains in a simulation.</summary>
/// <remarks>A proxy, since what a grain factory has beside that is not the same in every flavour of the runtime.</remarks>
internal class SimulatedGrains : DispatchProxy
{
    private Func<long, ISessionGrain> _sessions = static _ => throw new NotSupportedException();

    /// <summary>Makes the factory.</summary>
    /// <param name="sessions">Gives the session with an id.</param>
    public static IGrainFactory Of(Func<long, ISessionGrain> sessions)
    {
        var factory = Create<IGrainFactory, SimulatedGrains>();
        ((SimulatedGrains)factory)._sessions = sessions;
        return factory;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        args is [long id, ..] ? _sessions(id) : throw new NotSupportedException($"{targetMethod}");
}
