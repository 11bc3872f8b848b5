using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Java.Tests;

/// <summary>Curator's recipes, each between several clients and through a kill and a start of the server.</summary>
public sealed class CuratorTests(CuratorServer server, ITestOutputHelper output) : IClassFixture<CuratorServer>
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(150);

    /// <summary>One class for each recipe.</summary>
    public static TheoryData<string> Scenarios => [..
        Directory.EnumerateFiles(Path.Combine(JavaPrograms.Folder, "curator"), "*.java")
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal)];

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Scenarios))]
    public Task Scenario_holds(string scenario) => Rounds.OneGoesWellAsync(
        async _ =>
        {
            string written = await JavaPrograms.RunAsync(scenario, [server.Process.HostAndPort], s_longest, server.Process);
            output.WriteLine(written);
            Assert.Contains("holds\n", written);
        },
        most: 3);
}
