using System.Diagnostics;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>Sessions over an end and a new start of the silo.</summary>
public sealed class RestartTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    [Theory(Timeout = 180_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sessions_have_their_full_timeout_after_a_restart(bool isKilled)
    {
        await Rounds.OneGoesWellAsync(_ => RestartAsync(isKilled));
    }

    [Fact(Timeout = 180_000)]
    public async Task Zxids_and_session_ids_go_on_after_a_restart()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions { TickTime = s_tick });
        var ids = new HashSet<long>();
        long last = 0;
        for (int run = 0; run < 2; run++)
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(
                silo.ClientEndPoint, new ConnectParameters { LastZxidSeen = last });
            Assert.True(ids.Add(client.SessionId));
            long zxid = (await client.Create2Async($"/run-{run}", null)).Value.Stat.Czxid;
            Assert.True(zxid > last, $"zxid 0x{zxid:x} after 0x{last:x}");
            last = zxid;
            client.Disconnect();
            await silo.KillAsync();
            if (run == 0)
                await silo.StartAgainAsync();
        }
    }

    private static async Task RestartAsync(bool isKilled)
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions { TickTime = s_tick });
        await using var kept = await ConnectAsync(silo);
        await using var forgotten = await ConnectAsync(silo);
        await kept.CreateAsync("/kept", [1], CreateMode.Ephemeral);
        await forgotten.CreateAsync("/forgotten", [2], CreateMode.Ephemeral);
        if (isKilled)
            await silo.KillAsync();
        else
            await silo.TerminateAsync(RunningSilo.Soon);

        // Longer than the timeout: the time without a silo is nobody's silence.
        await Task.Delay(s_timeout + s_tick);
        silo.LaunchAgain();
        long launched = Stopwatch.GetTimestamp();
        await silo.WaitUntilReadyAsync();
        long ready = Stopwatch.GetTimestamp();

        await using var again = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint, new ConnectParameters
        {
            SessionId = kept.SessionId,
            Password = kept.Password,
            LastZxidSeen = kept.LastZxidSeen,
            SessionTimeout = s_timeout,
        });
        again.KeepAlive(s_tick);
        var found = await again.ExistsAsync("/kept");
        BrokenPromiseException.ThrowUnless(
            found.IsOk && found.Value.EphemeralOwner == kept.SessionId, "a session came back without its ephemeral");
        Assert.True((await again.ExistsAsync("/forgotten")).IsOk);
        while ((await again.ExistsAsync("/forgotten")).IsOk)
            await Task.Delay(10);
        var sinceLaunch = Stopwatch.GetElapsedTime(launched);
        var sinceReady = Stopwatch.GetElapsedTime(ready);
        BrokenPromiseException.ThrowUnless(
            sinceLaunch >= s_timeout, $"gone {sinceLaunch.TotalSeconds:0.0} s after the start");
        Assert.True(sinceReady <= s_timeout + s_tick + s_slack, $"gone {sinceReady.TotalSeconds:0.0} s after the start");
        Assert.True((await again.ExistsAsync("/kept")).IsOk);
        await again.CloseSessionAsync();
        Assert.False(silo.HasExited, silo.Output);
    }

    private static Task<RawZooKeeperClient> ConnectAsync(SiloProcess silo) => RawZooKeeperClient.ConnectAsync(
        silo.ClientEndPoint, new ConnectParameters { SessionTimeout = s_timeout });
}
