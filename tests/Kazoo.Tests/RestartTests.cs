using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>Sessions, locks and watches of a stock client while its server is killed and started again.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    [OwnServerFact(Timeout = 420_000)]
    public Task Sessions_survive_a_restart() => RunAsync("session_survives_restart");

    [OwnServerFact(Timeout = 420_000)]
    public Task Locks_survive_a_restart() => RunAsync("locks_survive_restart");

    [OwnServerFact(Timeout = 420_000)]
    public Task Downtime_expires_nobody() => RunAsync("downtime_expires_nobody");

    private Task RunAsync(string name) => Rounds.OneGoesWellAsync(_ => RunOnceAsync(name), most: 3);

    private async Task RunOnceAsync(string name)
    {
        await using var server = await SiloProcess.StartAsync(ServerUnderTest.OwnServer);
        var tickTime = ServerUnderTest.OwnServer.TickTime!.Value;
        await using var scenario = await Scenario.StartAsync("restart", name, server.HostAndPort, tickTime);
        while (await scenario.NextLineAsync() is { } line)
        {
            switch (line)
            {
                case "kill":
                    await server.KillAsync();
                    await server.StartAgainAsync();
                    await scenario.TellAsync("started");
                    break;
                case "kill and wait":
                    await server.KillAsync();
                    // Longer than the shortest timeout with the tick that it may be rounded up by.
                    await Task.Delay(3.5 * tickTime);
                    await scenario.TellAsync("starting");
                    await server.StartAgainAsync();
                    await scenario.TellAsync("started");
                    break;
            }
        }

        output.WriteLine(await scenario.FinishAsync());
    }
}
