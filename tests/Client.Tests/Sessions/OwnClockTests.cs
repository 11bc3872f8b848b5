namespace Coordination.Client.Tests.Sessions;

/// <summary>What a process knows of its session when it wakes, before any of its timers has run.</summary>
public sealed class OwnClockTests
{
    [Fact]
    public void A_session_is_not_taken_for_alive_when_its_timeout_is_over()
    {
        var clock = new Clock();
        var session = new ClientSession(7, default, TimeSpan.FromSeconds(10), clock.GetTimestamp(), clock);
        clock.Now += TimeSpan.FromSeconds(4);
        Assert.Equal(TimeSpan.FromSeconds(6), session.Remaining);
        session.HeardAt(clock.GetTimestamp() - TimeSpan.TicksPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(9), session.Remaining);
        // What was sent before is no news.
        session.HeardAt(clock.GetTimestamp() - (2 * TimeSpan.TicksPerSecond));
        Assert.Equal(TimeSpan.FromSeconds(9), session.Remaining);
        clock.Now += TimeSpan.FromSeconds(9);
        Assert.False(session.IsAlive);
        Assert.Equal(SessionEnd.None, session.End);
        Assert.False(session.Ended.IsCancellationRequested);
        Assert.True(session.TryEnd(SessionEnd.OwnClock));
        Assert.False(session.TryEnd(SessionEnd.ServerSaidSo));
        session.TellEnded();
        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Equal(SessionEnd.OwnClock, session.End);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
