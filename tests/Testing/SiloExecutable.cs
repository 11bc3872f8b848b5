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
        // The one that runs the tests, where there are several.
        string? dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        var startInfo = new ProcessStartInfo(string.IsNullOrEmpty(dotnet) ? "dotnet" : dotnet);
        startInfo.ArgumentList.Add(assembly ?? FindAssembly());
        return startInfo;
    }

    private static string FindAssembly()
    {
        // <project>/bin/[packages/]<Configuration>/<framework>/: a Release test must not run a Debug silo that is there
        // too, nor one of the other flavour.
        string folder = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        string built = Path.GetRelativePath(BinAbove(folder), folder);
        string assembly = Path.Combine(RepositoryRoot.Path, "src", "Silo", "bin", built, "Coordination.Silo.dll");
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException(
                $"{assembly} is missing. Build src/Silo first, in the configuration and flavour of the tests");
        }

        return assembly;
    }

    private static string BinAbove(string folder)
    {
        var bin = new DirectoryInfo(folder);
        while (bin.Name != "bin")
            bin = bin.Parent ?? throw new InvalidOperationException($"no folder bin above {folder}");
        return bin.FullName;
    }
}
