using System.Diagnostics;

namespace Coordination.Scheduler.Live;

/// <summary>How to start what runs beside the view.</summary>
internal static class Programs
{
    /// <summary>A node: this program once more.</summary>
    public static ProcessStartInfo Node(string name, IEnumerable<string> arguments) =>
        Dotnet(Path.Combine(AppContext.BaseDirectory, "Coordination.Scheduler.dll"), ["node", .. arguments, "--Scheduler:Node", name]);

    /// <summary>A silo, which was built with this program.</summary>
    /// <param name="folder">What its folder is below.</param>
    /// <param name="port">The port of ZooKeeper's protocol.</param>
    /// <param name="gatewayPort">The port for Orleans clients, the next being the silo's own; null for neither.</param>
    public static ProcessStartInfo Silo(string folder, int port, int? gatewayPort)
    {
        // samples/Scheduler/bin/Release/net10.0, and beside it src/Silo/bin/Release/net10.0.
        string here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var bin = new DirectoryInfo(here);
        while (bin.Name != "bin")
            bin = bin.Parent ?? throw new InvalidOperationException($"{here} is not in the repository");
        string repository = Path.Combine(bin.FullName, "..", "..", "..");
        string silo = Path.GetFullPath(
            Path.Combine(repository, "src", "Silo", "bin", Path.GetRelativePath(bin.FullName, here), "Coordination.Silo.dll"));
        string[] ports = gatewayPort is null ? [] : ["--gateway-port", $"{gatewayPort}", "--silo-port", $"{gatewayPort + 1}"];
        return Dotnet(
            silo, ["--client-port", $"{port}", "--data-dir", Path.Combine(folder, "silo"), "--http-port", "0", .. ports]);
    }

    private static ProcessStartInfo Dotnet(string assembly, IEnumerable<string> arguments)
    {
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        return new ProcessStartInfo(string.IsNullOrEmpty(host) ? "dotnet" : host, [assembly, .. arguments]);
    }
}
