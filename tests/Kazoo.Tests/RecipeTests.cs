using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>The recipes of a stock client, each between several sessions.</summary>
public sealed class RecipeTests(ServerUnderTest server, ITestOutputHelper output) : IClassFixture<ServerUnderTest>
{
    public static TheoryData<string> Scenarios => Scenario.AllIn("recipes");

    [Theory(Timeout = 420_000)]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_holds(string scenario) =>
        output.WriteLine(await Scenario.RunAsync("recipes", scenario, server.HostAndPort, server.TickTime));
}
