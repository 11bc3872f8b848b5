using System.Diagnostics;
using Coordination.Grains.Messages;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Sessions;

/// <summary>A silo that turns its wheel by itself, on the clock of the machine.</summary>
public sealed class SessionExpiryTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(400);

    private readonly TempFolder _folder = new();
    private FaultyLog _log = null!;
    private SiloInProcess _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings
    {
        TickTime = TimeSpan.FromMilliseconds(100),
        LeastTimeout = TimeSpan.FromMilliseconds(100),
        ExpiresSessions = true,
        WrapLog = log => _log = new FaultyLog(log),
    });

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ASilentSessionIsClosedAfterItsTimeoutAndNotBefore()
    {
        // One during which the machine stood still for a whole timeout shows nothing.
        long id = 1;
        while (!await IsClosedOnlyWhenSilentAsync(id))
            Assert.True(++id < 100, "no session was ever heard for long");
        Assert.Null(await _silo.Znode($"/e{id}").ExistsAsync());
        Assert.Equal(0, _silo.Tracker.Count);
    }

    [Fact]
    public async Task ManySilentSessionsAreAllClosed()
    {
        await Task.WhenAll(Enumerable.Range(1, 1000).Select(i => _silo.OpenSessionAsync(i, 200)));
        await Patience.UntilAsync(
            () => _silo.Tracker.Count == 0 && _silo.Replica.State.Sessions.Count == 0, "the sessions are closed");
    }

    [Fact]
    public async Task WhatCouldNotBeClosedIsClosedLater()
    {
        int appends = _log.Appends;
        // Only that it is opened is written: it may be silent for its timeout before the test goes on.
        _log.Fail(AppendFault.None);
        _log.Default = AppendFault.Unavailable;
        await _silo.OpenSessionAsync(1, 200);
        await Patience.UntilAsync(() => _log.Appends > appends + 2, "it is tried again");
        Assert.True(_silo.Replica.State.Sessions.ContainsKey(1));
        _log.Default = AppendFault.None;
        await Patience.UntilAsync(() => !_silo.Replica.State.Sessions.ContainsKey(1), "the session is closed");
    }

    // The host stops the grains first, while the wheel still turns.
    [Fact]
    public async Task ThatTheGrainsAreStoppedDoesNotEndTheWheel()
    {
        await using var stopped = await SiloInProcess.StartAsync(
            _folder.Combine("other"), new SiloSettings { LeastTimeout = TimeSpan.FromMilliseconds(50) });
        await stopped.OpenSessionAsync(1, 50);
        var sessions = stopped.Sessions;
        var tracker = new SessionTracker(stopped.Replica.Identity, TimeSpan.FromMilliseconds(20), TimeProvider.System);
        var session = stopped.Replica.State.Sessions[1];
        await stopped.DisposeAsync();

        tracker.SessionAttached(session);
        var expiry = new SessionExpiry(tracker, sessions, TimeProvider.System, NullLogger<SessionExpiry>.Instance);
        using var stopping = new CancellationTokenSource();
        var running = expiry.RunAsync(stopping.Token);
        await Task.WhenAny(running, Task.Delay(250));
        Assert.False(running.IsCompleted);
        await stopping.CancelAsync();
        await Patience.WithinAsync(running);
    }

    private async Task<bool> IsClosedOnlyWhenSilentAsync(long id)
    {
        var heard = Stopwatch.StartNew();
        var ticket = await _silo.OpenSessionAsync(id, (int)_timeout.TotalMilliseconds);
        try
        {
            await _silo.Znode($"/e{id}").CreateAsync(new ZnodeCreation([], CreateMode.Ephemeral), ticket);
        }
        catch (ZnodeException) when (heard.Elapsed >= _timeout)
        {
            return false;
        }
        for (var alive = Stopwatch.StartNew(); alive.Elapsed < 3 * _timeout;)
        {
            await Task.Delay(20);
            var asked = Stopwatch.StartNew();
            if (!await _silo.Session(id).PingAsync(ticket.AttachZxid))
            {
                Assert.True(heard.Elapsed >= _timeout, "it was closed although it was heard");
                return false;
            }
            heard = asked;
        }
        await Patience.UntilAsync(() => !_silo.Replica.State.Sessions.ContainsKey(id), "the session is closed");
        Assert.True(heard.Elapsed >= _timeout, "it was closed before its timeout");
        return true;
    }
}
