using System.Diagnostics;
using Coordination.Crash.Tests.Load;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Crash.Tests;

/// <summary>SIGTERM in the middle of a load.</summary>
public sealed class TerminationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_drainsWithin = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 240_000)]
    public async Task A_server_that_is_told_to_stop_does_so_in_time_and_keeps_its_word()
    {
        int seed = CrashSettings.Seed;
        output.WriteLine($"COORDINATION_CRASH_SEED={seed}");
        await using var server = await SiloProcess.StartAsync(new SiloOptions { TickTime = TimeSpan.FromSeconds(1) });
        var load = new WriteLoad(seed, TimeSpan.FromSeconds(20));
        await load.SetUpAsync(server.ClientEndPoint);
        for (int round = 0; round < 2; round++)
        {
            load.Start(server.ClientEndPoint);
            await Task.Delay(500);
            var stopping = Stopwatch.StartNew();
            int exitCode = await server.TerminateAsync(s_drainsWithin);
            var stopped = stopping.Elapsed;
            // Java's own answer to SIGTERM is 143.
            if (SiloExecutable.StandIn is null)
                Assert.True(exitCode == 0, $"the server exited with {exitCode}:\n{server.Output}");
            await load.HaveEndedAsync();
            await server.StartAgainAsync();
            await load.Verification.VerifyAsync(server.ClientEndPoint);
            Assert.Empty(load.Errors);
            output.WriteLine(
                $"{stopped.TotalSeconds:0.00} s to stop; {load.Acknowledged} of {load.Sent} writes acknowledged");
        }

        await load.RunInPeaceAsync(server.ClientEndPoint, TimeSpan.FromMilliseconds(200));
        await load.Verification.VerifyAsync(server.ClientEndPoint, again: true);
    }
}
