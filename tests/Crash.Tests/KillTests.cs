using System.Diagnostics;
using Coordination.Crash.Tests.Load;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Crash.Tests;

/// <summary>Many clients write, the process is killed at random moments, and keeps what it acknowledged.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    // Sessions have to live through a start of the server, and the last of the dead are waited for.
    private static readonly TimeSpan s_sessionTimeout = 10 * s_tick;

    // What the machine may add to a promised time: it was busy starting servers just before.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(10);

    // Two minutes, and ten seconds for each kill: what COORDINATION_CRASH_KILLS asks for has to be allowed.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120 + (10 * CrashSettings.Kills));

    [Fact]
    public async Task What_was_acknowledged_survives_kills() => await KillAgainAndAgainAsync().WaitAsync(s_longest);

    private async Task KillAgainAndAgainAsync()
    {
        int seed = CrashSettings.Seed;
        output.WriteLine($"COORDINATION_CRASH_SEED={seed} COORDINATION_CRASH_KILLS={CrashSettings.Kills}");
        var random = new Random(seed);
        await using var server = await SiloProcess.StartAsync(new SiloOptions { TickTime = s_tick });
        var load = new WriteLoad(seed, s_sessionTimeout);
        await load.SetUpAsync(server.ClientEndPoint);
        long lastDeath = 0;
        for (int kill = 1; kill <= CrashSettings.Kills; kill++)
        {
            load.Start(server.ClientEndPoint);
            await Task.Delay(random.Next(20, 700));
            await server.KillAsync();
            await load.HaveEndedAsync();
            while (random.Next(3) == 0)
            {
                server.LaunchAgain();
                await Task.Delay(random.Next(50, 1000));
                await server.KillAsync();
            }

            await server.StartAgainAsync();
            await load.Verification.VerifyAsync(server.ClientEndPoint);
            Assert.Empty(load.Errors);
            output.WriteLine($"kill {kill}: {load.Acknowledged} of {load.Sent} writes acknowledged so far");
            load.LoseSessions(random);
            lastDeath = Stopwatch.GetTimestamp();
        }

        await load.RunInPeaceAsync(server.ClientEndPoint, TimeSpan.FromMilliseconds(300));
        await load.Verification.VerifyAsync(server.ClientEndPoint, again: true);
        Assert.True(load.Acknowledged > 0, "no write was ever acknowledged");
        await WaitForTheDeadAsync(server, load, lastDeath);

        // A session that lost its connection again and again, and was re-attached each time, has all its ephemerals.
        await load.Verification.VerifyAsync(server.ClientEndPoint);
        await load.RunInPeaceAsync(server.ClientEndPoint, TimeSpan.FromMilliseconds(100));
    }

    private async Task WaitForTheDeadAsync(SiloProcess server, WriteLoad load, long lastDeath)
    {
        await using var sessions = await AttachedSessions.AttachAsync(server.ClientEndPoint, load.Writers);
        await using var client = await RawZooKeeperClient.ConnectAsync(server.ClientEndPoint);
        client.KeepAlive(s_tick);
        // Those that died earlier had their whole timeout once more with each start.
        var latest = s_sessionTimeout + s_tick + s_slack;
        while (true)
        {
            var asked = Stopwatch.GetElapsedTime(lastDeath);
            var owners = await Verification.OwnersOfEphemeralsAsync(client);
            long[] alive = [.. load.DeadSessions.Where(owners.Contains)];
            if (alive.Length == 0)
            {
                output.WriteLine(
                    $"{load.DeadSessions.Count} dead sessions were gone {asked.TotalSeconds:0.0} s after the last");
                return;
            }

            Assert.True(
                asked < latest,
                $"{alive.Length} dead sessions have ephemerals {asked.TotalSeconds:0.0} s after the last death");
            await Task.Delay(50);
        }
    }
}
