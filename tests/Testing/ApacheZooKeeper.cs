namespace Coordination.Testing;

/// <summary>Apache ZooKeeper, which stands beside the silo in some tests.</summary>
public static class ApacheZooKeeper
{
    private const string Jar = "/usr/share/java/zookeeper.jar";

    /// <summary>What starts it with the silo's options.</summary>
    /// <exception cref="MissingProgramException">It is not on this machine.</exception>
    public static string Command => !File.Exists(Jar) ? throw new MissingProgramException(Jar, "libzookeeper-java")
        : !IsOnPath("java") ? throw new MissingProgramException("java", "default-jdk-headless")
        : Path.Combine(RepositoryRoot.Path, "tests", "Testing", "zookeeper.sh");

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
