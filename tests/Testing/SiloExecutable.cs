using System.Diagnostics;

namespace Coordination.Testing;

/// <summary>What a <see cref="SiloProcess"/> runs.</summary>
/// <remarks>
/// COORDINATION_TEST_COMMAND names another executable that takes the same arguments: so the tests themselves can be
/// tried against Apache ZooKeeper, by tests/Testing/zookeeper.sh.
/// </remarks>
public static class SiloExecutable
{
    /// <summary>The executable that stands in for the silo; null where the silo itself is tested.</summary>
    public static string? StandIn { get; } =
        Environment.GetEnvironmentVariable("COORDINATION_TEST_COMMAND") is { Length: > 0 } command ? command : null;

    /// <summary>What starts it, its own arguments to be added.</summary>
    /// <param name="assembly">The silo's assembly; null for the one that was built with the tests.</param>
    public static ProcessStartInfo StartInfo(string? assembly = null)
    {
        if (StandIn is not null)
            return new ProcessStartInfo(StandIn);
        return assembly is null ? BuiltProgram.StartInfo("src/Silo", "Coordination.Silo") : BuiltProgram.StartInfo(assembly);
    }
}
