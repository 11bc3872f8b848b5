using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>Sessions that lose their connection, and sessions that end.</summary>
public sealed class SessionTests(ServerUnderTest server, ITestOutputHelper output) : IClassFixture<ServerUnderTest>
{
    public static TheoryData<string> Scenarios => Scenario.AllIn("sessions");

    [Theory(Timeout = 420_000)]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_holds(string scenario) =>
        output.WriteLine(await Scenario.RunAsync("sessions", scenario, server.HostAndPort, server.TickTime));
}
