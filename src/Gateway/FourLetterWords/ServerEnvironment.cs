using System.Net;
using System.Runtime.InteropServices;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>What <c>envi</c> tells: ZooKeeper's names as far as they mean something without a JVM.</summary>
public static class ServerEnvironment
{
    /// <summary>Names and values, in ZooKeeper's order.</summary>
    /// <param name="version">The version that clients are told.</param>
    public static IEnumerable<KeyValuePair<string, string>> List(ServerVersion version)
    {
        yield return new("zookeeper.version", version.ToString());
        yield return new("host.name", Dns.GetHostName());
        yield return new("dotnet.version", Environment.Version.ToString());
        yield return new("os.name", OperatingSystem.IsLinux() ? "Linux" : RuntimeInformation.OSDescription);
        yield return new("os.arch", RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant() is "x64"
            ? "amd64" : RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant());
        yield return new("os.version", Environment.OSVersion.Version.ToString());
        yield return new("user.name", Environment.UserName);
        yield return new("user.home", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        yield return new("user.dir", Environment.CurrentDirectory);
        yield return new("os.memory.max", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20}MB");
        yield return new("os.memory.total", $"{Environment.WorkingSet >> 20}MB");
    }
}
