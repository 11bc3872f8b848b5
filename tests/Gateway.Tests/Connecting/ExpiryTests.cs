using System.Diagnostics;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Connecting;

/// <summary>The end of sessions whose clients have fallen silent.</summary>
public sealed class ExpiryTests(ExpiringSilo silo) : IClassFixture<ExpiringSilo>
{
    // What a busy machine may add to a promised time.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1);

    [Theory(Timeout = 180_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_expires_after_its_timeout_and_no_later_than_a_tick_after(bool isDisconnected)
    {
        string parent = isDisconnected ? "/expiring-disconnected" : "/expiring-silent";
        await using var watcher = await silo.ConnectAsync();
        watcher.KeepAlive(ExpiringSilo.TickTime);
        await watcher.CreateAsync(parent, null);
        int[] timeouts = [800, 801, 999, 1100, 1200, 1399, 1600];
        double soonest = double.MaxValue;
        // A machine that stops for two ticks has every session begin anew, rightly: never too early, but late once or so.
        await Rounds.OneGoesWellAsync(async round =>
        {
            double[] late = await Task.WhenAll(timeouts.Select(timeout => ExpireAsync(timeout, $"{parent}/{round}-{timeout}")));
            Assert.True(late.Max() < s_slack.TotalMilliseconds, $"sessions expired {late.Max():0} ms too late");
        });
        Assert.True(soonest >= 0, $"a session expired {-soonest:0} ms before its timeout");
        await watcher.CloseSessionAsync();

        // Says by how many milliseconds it was late.
        async Task<double> ExpireAsync(int timeout, string path)
        {
            await using var client = await ConnectAsync(timeout);
            Assert.Equal(timeout, client.SessionTimeout.TotalMilliseconds);
            await client.CreateAsync(path, null, CreateMode.Ephemeral);
            // At another place between two ticks each.
            await Task.Delay(Random.Shared.Next(400));
            long sent = Stopwatch.GetTimestamp();
            await client.PingAsync();
            long answered = Stopwatch.GetTimestamp();
            if (isDisconnected)
                client.Disconnect();
            while ((await watcher.ExistsAsync(path)).IsOk)
                await Task.Delay(5);
            double early = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            double latest = Stopwatch.GetElapsedTime(answered).TotalMilliseconds;
            lock (timeouts)
                soonest = Math.Min(soonest, early - timeout);
            if (!isDisconnected)
                await client.Ended.WaitAsync(RunningSilo.Soon);
            await Assert.ThrowsAsync<SessionExpiredException>(() => silo.ReattachAsync(client));
            return latest - timeout - ExpiringSilo.TickTime.TotalMilliseconds;
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Session_that_is_attached_again_has_its_whole_new_timeout()
    {
        await using var watcher = await silo.ConnectAsync();
        watcher.KeepAlive(ExpiringSilo.TickTime);
        await Rounds.OneGoesWellAsync(round => RenewAsync($"/renewed-{round}"));
        await watcher.CloseSessionAsync();

        async Task RenewAsync(string path)
        {
            await using var first = await ConnectAsync(2000);
            await first.CreateAsync(path, null, CreateMode.Ephemeral);
            first.Disconnect();
            await Task.Delay(500);
            await using var second = await silo.ReattachAsync(first, TimeSpan.FromMilliseconds(7000));
            second.Disconnect();
            await Task.Delay(2500);
            await using var third = await silo.ReattachAsync(second, TimeSpan.FromMilliseconds(800));
            Assert.Equal(third.SessionId, (await third.ExistsAsync(path)).Value.EphemeralOwner);
            var attached = Stopwatch.StartNew();
            third.Disconnect();

            // The shorter one counts from now on.
            while ((await watcher.ExistsAsync(path)).IsOk)
                await Task.Delay(10);
            Assert.True(attached.Elapsed < TimeSpan.FromSeconds(5), $"it took {attached.Elapsed.TotalSeconds:0.0} s");
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Events_sent_to_a_silent_client_do_not_keep_its_session_alive()
    {
        const int Nodes = 300;
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/events", null);
        var creates = Enumerable.Range(0, Nodes).Select(i => writer.CreateAsync($"/events/{i}", null));
        Assert.All(await Task.WhenAll(creates), static reply => Assert.True(reply.IsOk));
        await using var silent = await ConnectAsync(3200);
        await silent.CreateAsync("/events/ephemeral", null, CreateMode.Ephemeral);
        for (int i = 0; i < Nodes; i++)
            await silent.GetDataAsync($"/events/{i}", watch: true);
        var silence = Stopwatch.StartNew();

        bool isGone = false;
        for (int i = 0; i < Nodes && !isGone; i++)
        {
            await writer.SetDataAsync($"/events/{i}", [1]);
            await Task.Delay(100);
            isGone = !(await writer.ExistsAsync("/events/ephemeral")).IsOk;
        }

        Assert.True(isGone, $"the session lives {silence.Elapsed.TotalSeconds:0.0} s after its client fell silent");
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task All_ephemerals_of_an_expired_session_go_in_one_zxid()
    {
        await using var watcher = await silo.ConnectAsync();
        watcher.KeepAlive(ExpiringSilo.TickTime);
        await watcher.CreateAsync("/many", null);
        await using var client = await ConnectAsync(6000);
        await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => client.CreateAsync($"/many/{i}", null, CreateMode.Ephemeral)));
        var watches = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => watcher.GetDataAsync($"/many/{i}", watch: true)));
        Assert.All(watches, static watch => Assert.True(watch.IsOk));
        client.Disconnect();
        var zxids = new HashSet<long>();
        for (int i = 0; i < 100; i++)
        {
            var deletion = await watcher.NextNotificationAsync(RunningSilo.Soon);
            Assert.Equal(WatchEventType.NodeDeleted, deletion.Type);
            zxids.Add(deletion.Zxid);
        }

        Assert.Single(zxids);
        Assert.Equal(0, (await watcher.ExistsAsync("/many")).Value.NumChildren);
        await watcher.CloseSessionAsync();
    }

    private Task<RawZooKeeperClient> ConnectAsync(int timeoutMilliseconds) => silo.ConnectAsync(
        new ConnectParameters { SessionTimeout = TimeSpan.FromMilliseconds(timeoutMilliseconds) });
}
