using System.Diagnostics;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.C.Tests;

/// <summary>ZooKeeper's client for C, as Debian's libzookeeper-mt-dev brings it.</summary>
public sealed class CClientTests(ITestOutputHelper output)
{
    private const string Packages = "gcc libc6-dev libzookeeper-mt-dev";

    private static readonly TimeSpan s_longestCompilation = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);

    [Fact(Timeout = 900_000)]
    public async Task Scenario_holds()
    {
        using var directory = new TemporaryDirectory();
        string program = directory.Combine("scenario");
        string source = Path.Combine(RepositoryRoot.Path, "tests", "C.Tests", "scenario.c");
        await ClientProgram.RunAsync(
            new ProcessStartInfo(
                "gcc", ["-Wall", "-Wextra", "-Werror", "-O1", "-DTHREADED", "-o", program, source, "-lzookeeper_mt", "-lpthread"]),
            Packages, s_longestCompilation);
        await Rounds.OneGoesWellAsync(
            async _ =>
            {
                await using var server = await SiloProcess.StartAsync(new SiloOptions { TickTime = TimeSpan.FromSeconds(1) });
                string written = await ClientProgram.RunAsync(
                    new ProcessStartInfo(program, [server.HostAndPort]), Packages, s_longest, server);
                output.WriteLine(written);
                Assert.Contains("holds\n", written);
            },
            most: 3);
    }
}
