using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>What a scheduler does with its coordination service, by a stock client.</summary>
public sealed class SchedulerTests(ServerUnderTest server, ITestOutputHelper output) : IClassFixture<ServerUnderTest>
{
    public static TheoryData<string> Scenarios => Scenario.AllIn("scheduler");

    [Theory(Timeout = 420_000)]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_holds(string scenario) =>
        output.WriteLine(await Scenario.RunAsync("scheduler", scenario, server.HostAndPort, server.TickTime));
}
