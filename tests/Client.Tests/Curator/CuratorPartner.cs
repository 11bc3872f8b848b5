using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Client.Tests.Curator;

/// <summary>A process with Curator in it, which does what it is told.</summary>
internal sealed class CuratorPartner : IAsyncDisposable
{
    private const string Jars = "/usr/share/java";

    // Those of Debian's libcurator-recipes-java, and of what it depends on.
    private static readonly string[] s_jars =
    [
        "zookeeper", "zookeeper-jute", "curator-client", "curator-framework", "curator-recipes", "guava", "slf4j-api",
        "slf4j-simple", "jackson-core", "jackson-databind", "jackson-annotations", "netty-handler", "netty-transport",
        "netty-common", "netty-buffer", "netty-codec", "netty-resolver",
    ];

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    private CuratorPartner(Process process) => _process = process;

    public static CuratorPartner Start(SiloProcess server)
    {
        string missing = string.Join(", ", s_jars.Where(static jar => !File.Exists(PathOf(jar))));
        if (missing.Length > 0)
        {
            throw new InvalidOperationException(
                $"{missing} missing in {Jars}: apt-get install default-jdk-headless libcurator-recipes-java (.ci/run does)");
        }

        string source = Path.Combine(RepositoryRoot.Path, "tests", "Client.Tests", "Curator", "Partner.java");
        var process = Process.Start(new ProcessStartInfo(
            "java",
            [
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp", string.Join(Path.PathSeparator, s_jars.Select(PathOf)), source, server.HostAndPort,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        ProcessesOfThisRun.Add(process);
        return new CuratorPartner(process);
    }

    /// <summary>Has it do something, and waits for what comes of it.</summary>
    public async Task<string> TellAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            string? answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(Servers.Soon * 3);
            return answer ?? throw new InvalidOperationException($"Curator has exited at '{command}'");
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _process.Kill();
        ProcessesOfThisRun.Remove(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PathOf(string jar) => Path.Combine(Jars, jar + ".jar");
}
