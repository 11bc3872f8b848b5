using System.Diagnostics;
using Coordination.Crash.Tests.Load;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Crash.Tests;

/// <summary>A disk that is full, and one that does not flush: the server may stop, but not promise in vain.</summary>
public sealed class FailingDiskTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    [Fact(Timeout = 240_000)]
    public Task A_full_disk_acknowledges_nothing_and_loses_nothing() => FailAsync(faults => faults.FillDisk());

    [Fact(Timeout = 240_000)]
    public Task A_failing_flush_acknowledges_nothing_and_loses_nothing() => FailAsync(faults => faults.FailFlushes());

    // After a flush that failed the kernel may have dropped what it was to write: that the next one succeeds says
    // nothing about it. The server may go on only with what it has written again.
    [Fact(Timeout = 240_000)]
    public Task A_flush_that_fails_once_loses_nothing() =>
        FailAsync(faults => faults.FailFlushes(count: 1), acknowledgesAgain: true);

    private async Task FailAsync(Action<FaultInjection> begin, bool acknowledgesAgain = false)
    {
        int seed = CrashSettings.Seed;
        output.WriteLine($"COORDINATION_CRASH_SEED={seed}");
        using var faults = await FaultInjection.CompileAsync();
        await using var server = await SiloProcess.StartAsync(
            new SiloOptions { TickTime = s_tick, Environment = faults.Environment });
        Assert.True(faults.IsLoaded, "the server runs without the faults between it and its log");
        var load = new WriteLoad(seed, 20 * s_tick);
        await load.SetUpAsync(server.ClientEndPoint);
        load.Start(server.ClientEndPoint);
        await Task.Delay(300);

        var probe = new DiskProbe(server.ClientEndPoint, 20 * s_tick);
        await probe.OpenSessionAsync();
        begin(faults);
        long failing = Stopwatch.GetTimestamp();
        await probe.TryAsync(TimeSpan.FromSeconds(1), () => faults.Hits > 0);
        await load.StopAsync(patience: TimeSpan.FromSeconds(2));
        var promised = load.AcknowledgedOfSentSince(failing);
        Assert.True(faults.Hits > 0, "the log was not touched while its disk failed");
        output.WriteLine(
            $"{faults.Hits} calls failed; {load.Acknowledged} of {load.Sent} writes were acknowledged; "
            + $"{probe.Acknowledged.Count} of {probe.Tried} that were tried meanwhile; errors: "
            + string.Join(", ", load.Errors.Take(3)));
        if (!acknowledgesAgain)
        {
            Assert.True(
                promised.Count == 0,
                $"{promised.Count} acknowledgements of what cannot be in the log: {promised.FirstOrDefault()}, ...");
            Assert.Empty(probe.Acknowledged);
        }

        faults.Heal();
        var away = Stopwatch.StartNew();
        await ServeAgainAsync(server);
        output.WriteLine($"it serves again {away.Elapsed.TotalSeconds:0.0} s after the disk is well");
        // Its sessions first, which nobody keeps alive.
        await probe.VerifyAsync();
        await load.Verification.VerifyAsync(server.ClientEndPoint);
        await load.RunInPeaceAsync(server.ClientEndPoint, TimeSpan.FromMilliseconds(300));

        // What the server shows must be what its log says, after whatever it made of the failures.
        await server.KillAsync();
        await server.StartAgainAsync();
        await load.Verification.VerifyAsync(server.ClientEndPoint, again: true);
        await load.RunInPeaceAsync(server.ClientEndPoint, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>A server that stopped is started again; one that did not has to serve by itself.</summary>
    private async Task ServeAgainAsync(SiloProcess server)
    {
        try
        {
            if (!server.HasExited)
                await server.WaitUntilReadyAsync();
        }
        catch (InvalidOperationException) when (server.HasExited)
        {
            // It was about to stop when it was asked.
        }

        if (!server.HasExited)
        {
            output.WriteLine("the server served on");
            return;
        }

        output.WriteLine($"the server stopped with {server.ExitCode}:\n{server.StandardError}");
        // By a decision of its own and not by falling over; ZooKeeper stops with 0 when its log fails.
        if (SiloExecutable.StandIn is null)
            Assert.True(server.ExitCode is > 0 and < 128, $"it exited with {server.ExitCode}:\n{server.Output}");
        await server.StartAgainAsync();
    }
}
