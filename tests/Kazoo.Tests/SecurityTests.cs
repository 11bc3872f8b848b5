using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>Who a stock client may say it is, and what that opens to it.</summary>
public sealed class SecurityTests(SecurityServer server, ITestOutputHelper output) : IClassFixture<SecurityServer>
{
    public static TheoryData<string> Scenarios => Scenario.AllIn("security");

    [Theory(Timeout = 420_000)]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_holds(string scenario) =>
        output.WriteLine(await Scenario.RunAsync("security", scenario, server.HostAndPort, server.TickTime));
}
