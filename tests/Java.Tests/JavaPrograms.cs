using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Java.Tests;

/// <summary>The programs in the folder scenarios, compiled once for all tests against the jars of Debian's packages.</summary>
internal static class JavaPrograms
{
    private const string Jars = "/usr/share/java";
    private const string Compiler = "default-jdk-headless";

    private static readonly TimeSpan s_longestCompilation = TimeSpan.FromSeconds(300);

    // Each jar with the package that brings it.
    private static readonly IReadOnlyList<(string Jar, string Package)> s_classPath =
    [
        ("zookeeper", "libzookeeper-java"), ("zookeeper-jute", "libzookeeper-java"),
        ("curator-client", "libcurator-client-java"), ("curator-framework", "libcurator-framework-java"),
        ("curator-recipes", "libcurator-recipes-java"), ("guava", "libguava-java"),
        ("slf4j-api", "libslf4j-java"), ("slf4j-simple", "libslf4j-java"), ("commons-cli", "libcommons-cli-java"),
        ("jackson-core", "libjackson2-core-java"), ("jackson-databind", "libjackson2-databind-java"),
        ("jackson-annotations", "libjackson2-annotations-java"), ("netty-handler", "libnetty-java"),
        ("netty-transport", "libnetty-java"), ("netty-common", "libnetty-java"), ("netty-buffer", "libnetty-java"),
        ("netty-codec", "libnetty-java"), ("netty-resolver", "libnetty-java"),
    ];

    // Kept until the process ends: its classes are loaded by every program that is run.
    private static readonly TemporaryDirectory s_classes = new();

    private static readonly Lazy<Task> s_compiled = new(CompileAsync);

    static JavaPrograms() => AppDomain.CurrentDomain.ProcessExit += (_, _) => s_classes.Dispose();

    internal static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "Java.Tests", "scenarios");

    private static string ClassPath =>
        string.Join(Path.PathSeparator, s_classPath.Select(static entry => PathOf(entry.Jar)).Prepend(s_classes.Path));

    /// <summary>Runs a class's main method to its end, and restarts the server whenever it asks for that.</summary>
    /// <returns>What it wrote.</returns>
    internal static async Task<string> RunAsync(
        string mainClass, IEnumerable<string> arguments, TimeSpan longest, SiloProcess server)
    {
        await s_compiled.Value;
        return await ClientProgram.RunAsync(StartInfo(mainClass, arguments), Compiler, longest, server);
    }

    /// <summary>Runs a class's main method to its end, and does what it orders.</summary>
    /// <returns>What it wrote.</returns>
    internal static async Task<string> RunAsync(
        string mainClass, IEnumerable<string> arguments, TimeSpan longest, Func<string, Task<string?>> obey)
    {
        await s_compiled.Value;
        return await ClientProgram.RunAsync(StartInfo(mainClass, arguments), Compiler, longest, obey);
    }

    private static ProcessStartInfo StartInfo(string mainClass, IEnumerable<string> arguments) => new(
        "java",
        [
            // A small machine's tests start many of these: what makes them start faster is worth more than speed.
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", ClassPath, mainClass, .. arguments,
        ]);

    private static async Task CompileAsync()
    {
        foreach (var (jar, package) in s_classPath)
        {
            if (!File.Exists(PathOf(jar)))
            {
                throw new InvalidOperationException(
                    $"{PathOf(jar)} is missing, without which nothing here can be tested: apt-get install {package} "
                    + "(.ci/run does)");
            }
        }

        var sources = Directory.EnumerateFiles(Folder, "*.java", SearchOption.AllDirectories);
        await ClientProgram.RunAsync(
            new ProcessStartInfo("javac", ["-Xlint:all,-path,-deprecation", "-Werror", "-cp", ClassPath, "-d", s_classes.Path, .. sources]),
            Compiler, s_longestCompilation);
    }

    private static string PathOf(string jar) => Path.Combine(Jars, jar + ".jar");
}
