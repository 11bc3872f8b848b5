using System.Diagnostics;
using Coordination.Grains.Sessions;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Sessions;

public sealed class SessionTrackerTests
{
    private const int Tick = 2_000;

    private readonly Guid _silo = Guid.NewGuid();
    private readonly ManualTimeProvider _time = new();
    private readonly SessionTracker _tracker;
    private readonly SessionState _state;

    public SessionTrackerTests()
    {
        _tracker = new SessionTracker(_silo, TimeSpan.FromMilliseconds(Tick), _time);
        _state = new SessionState(_tracker);
    }

    [Theory]
    [InlineData(4_000, 0)]
    [InlineData(4_000, 1)]
    [InlineData(4_000, 1_999)]
    [InlineData(4_001, 0)]
    [InlineData(5_999, 1)]
    [InlineData(6_000, 1_000)]
    [InlineData(40_000, 777)]
    [InlineData(100, 0)]
    public void ASessionIsSilentAfterItsTimeoutAndAtMostOneTickLater(int timeout, int offset)
    {
        Pass(offset);
        _state.Open(1, timeout, _silo);
        long opened = _tracker.Now;
        while (_tracker.Turn().Count == 0)
            Pass((int)_tracker.UntilNextTick.TotalMilliseconds);
        Assert.InRange(_tracker.Now - opened, timeout, timeout + Tick);
    }

    [Fact]
    public void OneThatIsNotClosedIsJudgedAgainAtTheNextTick()
    {
        _state.Open(1, 4_000, _silo);
        Assert.Empty(TurnEachTick(2));
        for (int i = 0; i < 3; i++)
        {
            Assert.Single(TurnEachTick(1));
            Assert.Empty(_tracker.Turn());
        }
        _tracker.Find(1)!.Touch(_tracker.Now);
        Assert.Empty(TurnEachTick(2));
        Assert.Single(TurnEachTick(1));
        _state.Close(1);
        Assert.Empty(TurnEachTick(10));
        Assert.Equal(0, _tracker.Count);
    }

    // The other silo may answer the client until it learns that the session is here now.
    [Fact]
    public void ASessionThatComesFromAnotherSiloHasThatSilosPatienceBeforeItsTimeout()
    {
        var tracker = new SessionTracker(_silo, TimeSpan.FromMilliseconds(Tick), _time)
        {
            OthersPatience = TimeSpan.FromSeconds(6),
        };
        var state = new SessionState(tracker);
        state.Open(1, 4_000, Guid.NewGuid());
        state.Attach(1, 4_000, _silo);
        state.Open(2, 4_000, _silo);
        tracker.Bind(1, state.Attach(1, 4_000, _silo).AttachZxid, new Connection());
        long attached = tracker.Now;
        var ended = new Dictionary<long, long>();
        while (ended.Count < 2)
        {
            Pass(Tick);
            foreach (var session in tracker.Turn())
                ended.TryAdd(session.Id, tracker.Now - attached);
        }
        Assert.InRange(ended[1], 10_000, 10_000 + Tick);
        Assert.InRange(ended[2], 4_000, 4_000 + Tick);
    }

    [Fact]
    public void RandomLivesEndWhenTheyShould()
    {
        var random = new Random(5);
        var heard = new Dictionary<long, (long At, int Timeout)>();
        long nextId = 1;
        for (int step = 0; step < 6_000; step++)
        {
            Pass(100);
            switch (random.Next(8))
            {
                case 0 when heard.Count < 200:
                    int timeout = random.Next(200, 20_000);
                    _state.Open(nextId, timeout, _silo);
                    heard[nextId++] = (_tracker.Now, timeout);
                    break;
                case 1 when heard.Count > 0:
                    long attached = heard.Keys.ElementAt(random.Next(heard.Count));
                    timeout = random.Next(200, 20_000);
                    _state.Attach(attached, timeout, _silo);
                    heard[attached] = (_tracker.Now, timeout);
                    break;
                case < 6 when heard.Count > 0:
                    long touched = heard.Keys.ElementAt(random.Next(heard.Count));
                    _tracker.Find(touched)!.Touch(_tracker.Now);
                    heard[touched] = (_tracker.Now, heard[touched].Timeout);
                    break;
                case 6 when random.Next(10) == 0 && heard.Count > 0:
                    long closed = heard.Keys.ElementAt(random.Next(heard.Count));
                    _state.Close(closed);
                    heard.Remove(closed);
                    break;
            }
            if (_tracker.Now % Tick != 0)
                continue;
            foreach (var session in _tracker.Turn())
            {
                var (at, timeout) = heard[session.Id];
                Assert.True(_tracker.Now - at >= timeout, $"{session.Id} was heard {_tracker.Now - at} ms ago, of {timeout}");
                heard.Remove(session.Id);
                _state.Close(session.Id);
            }
            Assert.All(heard.Values, life => Assert.True(_tracker.Now - life.At < life.Timeout + Tick));
            Assert.Equal(heard.Count, _tracker.Count);
        }
        Assert.True(nextId > 300);
    }

    [Fact]
    public void AnAttachmentChangesTheTimeoutFromThenOn()
    {
        _state.Open(1, 40_000, _silo);
        _state.Attach(1, 4_000, _silo);
        Assert.Empty(TurnEachTick(2));
        Assert.Single(TurnEachTick(1));
        _state.Attach(1, 20_000, _silo);
        Assert.Empty(TurnEachTick(10));
        Assert.Single(TurnEachTick(1));
    }

    [Fact]
    public void ManyAttachmentsAreOneSession()
    {
        _state.Open(1, 4_000, _silo);
        for (int i = 0; i < 20; i++)
        {
            _state.Attach(1, 4_000 + 1_000 * (i % 5), _silo);
            Pass(100);
        }
        int judged = 0;
        for (int i = 0; i < 8; i++)
            judged += TurnEachTick(1).Count > 0 ? 1 : 0;
        Assert.Equal(1, _tracker.Count);
        Assert.InRange(judged, 3, 5);
    }

    [Theory]
    [InlineData(2 * Tick)]
    [InlineData((2 * Tick) + 1)]
    [InlineData(3 * Tick)]
    [InlineData(60_000)]
    [InlineData(3_600_000)]
    public void APauseOfTheSiloExpiresNobody(int pause)
    {
        _state.Open(1, 4_000, _silo);
        _state.Open(2, 20_000, _silo);
        TurnEachTick(1);
        _tracker.Find(1)!.Touch(_tracker.Now - 1_500);
        Pass(pause);
        Assert.Empty(_tracker.Turn());
        // It hears first, then judges: each has its full timeout from here on.
        Assert.Empty(TurnEachTick(2));
        Assert.Equal(1, Assert.Single(TurnEachTick(1)).Id);
        _state.Close(1);
        Assert.Empty(TurnEachTick(7));
        Assert.Equal(2, Assert.Single(TurnEachTick(1)).Id);
    }

    [Fact]
    public void APauseBeforeTheFirstTurnExpiresNobody()
    {
        _state.Open(1, 4_000, _silo);
        Pass(60_000);
        Assert.Empty(_tracker.Turn());
        Assert.Empty(TurnEachTick(2));
        Assert.Single(TurnEachTick(1));
    }

    [Fact]
    public void ATurnThatIsALittleLateIsNoPause()
    {
        _state.Open(1, 4_000, _silo);
        TurnEachTick(1);
        Pass(Tick + 900);
        Assert.Empty(_tracker.Turn());
        Pass(Tick - 900);
        Assert.Single(_tracker.Turn());
    }

    [Fact]
    public void OneWhoIsOwedAnAnswerIsNotSilent()
    {
        var session = _state.Open(1, 4_000, _silo);
        var connection = new Connection { IsOwedAnAnswer = true };
        var tracked = _tracker.Bind(1, session.AttachZxid, connection)!;
        Assert.Empty(TurnEachTick(20));
        connection.IsOwedAnAnswer = false;
        tracked.Touch(_tracker.Now);
        Assert.Empty(TurnEachTick(2));
        Assert.Single(TurnEachTick(1));
    }

    [Fact]
    public void OneWhoseConnectionIsGoneLivesForItsTimeout()
    {
        var session = _state.Open(1, 4_000, _silo);
        var connection = new Connection { IsOwedAnAnswer = true };
        var tracked = _tracker.Bind(1, session.AttachZxid, connection)!;
        TurnEachTick(5);
        tracked.Touch(_tracker.Now);
        _tracker.Unbind(tracked, connection);
        Assert.Empty(TurnEachTick(2));
        Assert.Single(TurnEachTick(1));
        _state.Close(1);
        Assert.Equal(0, connection.Closed);
    }

    [Fact]
    public void AConnectionThatIsGoneDoesNotUnbindTheNext()
    {
        var session = _state.Open(1, 4_000, _silo);
        Connection first = new(), second = new();
        var tracked = _tracker.Bind(1, session.AttachZxid, first)!;
        session = _state.Attach(1, 4_000, _silo);
        Assert.Equal(1, first.Moved);
        Assert.Null(_tracker.Bind(1, session.AttachZxid - 1, first));
        Assert.Same(tracked, _tracker.Bind(1, session.AttachZxid, second));
        _tracker.Unbind(tracked, first);
        _state.Close(1);
        Assert.Equal((1, 0, 0, 1), (first.Moved, first.Closed, second.Moved, second.Closed));
        Assert.Null(_tracker.Bind(1, session.AttachZxid, second));
    }

    [Fact]
    public void SessionsOfOtherSilosAreTheirs()
    {
        var other = Guid.NewGuid();
        _state.Open(1, 4_000, other);
        Assert.Null(_tracker.Find(1));
        _state.Attach(1, 4_000, _silo);
        var connection = new Connection();
        Assert.NotNull(_tracker.Bind(1, _tracker.Find(1)!.AttachZxid, connection));
        _state.Attach(1, 4_000, other);
        Assert.Equal((1, 0), (connection.Moved, connection.Closed));
        Assert.Equal(0, _tracker.Count);
        Assert.Empty(TurnEachTick(10));
    }

    [Fact]
    public void AnAdoptedSessionHasItsFullTimeout()
    {
        var session = _state.Open(1, 6_000, Guid.NewGuid());
        TurnEachTick(10);
        _tracker.Adopt(session);
        Assert.Equal(session.AttachZxid, _tracker.Find(1)!.AttachZxid);
        Assert.Empty(TurnEachTick(3));
        Assert.Equal(session.AttachZxid, Assert.Single(TurnEachTick(1)).AttachZxid);
    }

    [Fact]
    public void OneThatTheWheelHasPassedWhileItWasOpenedIsLookedAtAllTheSame()
    {
        var time = new InterruptedTimeProvider { Milliseconds = 100 * Tick };
        var tracker = new SessionTracker(_silo, TimeSpan.FromMilliseconds(Tick), time);
        var state = new SessionState(tracker);
        tracker.Turn();
        time.AfterReading = () =>
        {
            time.Milliseconds += 60_000;
            tracker.Turn();
        };
        state.Open(1, 4_000, _silo);
        int ticks = 0;
        for (; tracker.Turn().Count == 0; ticks++)
        {
            Assert.True(ticks < 10, "it is never looked at again");
            time.Milliseconds += Tick;
        }
    }

    [Fact]
    public async Task TouchesBindsAndTurnsMayComeFromAllThreads()
    {
        const int Lasting = 50;
        const int Passing = 100;
        const int Long = 60_000_000;
        const int MostTurnsUnserved = 1000;
        for (int id = 1; id <= Lasting; id++)
            _state.Open(id, Long, _silo);
        using var done = new CancellationTokenSource();
        var silent = new HashSet<long>();
        int turns = 0, mostTurns = MostTurnsUnserved;
        var applying = OnThread(() =>
        {
            var ran = Stopwatch.StartNew();
            for (int i = 0;
                ran.ElapsedMilliseconds < 500 || (ran.ElapsedMilliseconds < 60_000 && (i < 10 * Passing || IsNobodySilent()));
                i++)
            {
                long id = Lasting + 1 + i;
                _state.Open(id, Tick, _silo);
                _state.Attach(id, Tick * 2, _silo);
                _state.Attach(1 + (i % Lasting), Long, _silo);
                if (i >= Passing)
                    _state.Close(id - Passing);
            }
            done.Cancel();
        });
        var turning = OnThread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                // However long the other threads stand still, those who are served are never silent for their timeout.
                if (turns >= Volatile.Read(ref mostTurns))
                {
                    Thread.Yield();
                    continue;
                }
                Volatile.Write(ref turns, turns + 1);
                var found = TurnEachTick(1);
                lock (silent)
                    silent.UnionWith(found.Select(session => session.Id));
            }
        });
        var serving = OnThread(() =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                var session = _tracker.Find(1 + (i % Lasting))!;
                var connection = new Connection();
                if (_tracker.Bind(session.Id, session.AttachZxid, connection) is { } bound)
                    _tracker.Unbind(bound, connection);
                session.Touch(_tracker.Now);
                if (i % Lasting == Lasting - 1)
                    Volatile.Write(ref mostTurns, Volatile.Read(ref turns) + MostTurnsUnserved);
            }
        });
        await Task.WhenAll(applying, turning, serving);
        Assert.NotEmpty(silent);
        Assert.All(silent, id => Assert.True(id > Lasting));
        // Each that lives on is looked at: none has fallen out of the wheel.
        Assert.Equal(Lasting + Passing, _tracker.Count);
        TurnEachTick(3);
        Assert.Equal(Passing, TurnEachTick(1).Count);
        TurnEachTick(Long / Tick);
        Assert.Equal(Lasting + Passing, TurnEachTick(1).Count);

        bool IsNobodySilent()
        {
            lock (silent)
                return silent.Count == 0;
        }
    }

    [Fact]
    public void NobodyIsJudgedWhileTheLogOfSeveralSilosDoesNotAnswer()
    {
        _tracker.Reached(_tracker.Now);
        _state.Open(1, 4_000, _silo);
        Assert.Empty(TurnEachTick(10));
        _tracker.Reached(_tracker.Now);
        Assert.Empty(Turns(2));
        Assert.Single(Turns(1));

        List<TrackedSession> Turns(int ticks)
        {
            var silent = new List<TrackedSession>();
            for (int i = 0; i < 2 * ticks; i++)
            {
                Pass(Tick / 2);
                _tracker.Reached(_tracker.Now);
                silent.AddRange(_tracker.Turn());
            }
            return silent;
        }
    }

    /// <summary>The log may answer well before the silo serves again: it has to beat, and to catch up, first.</summary>
    [Fact]
    public void NobodyIsJudgedWhileTheSiloServesNobody()
    {
        _state.Open(1, 4_000, _silo);
        _tracker.ServeUntil(_tracker.Now + 1_000);
        Assert.Empty(TurnEachTick(10));
        Pass(Tick - 1);
        _tracker.ServeUntil(long.MaxValue);
        Pass(1);
        Assert.Empty(_tracker.Turn());
        Assert.Empty(TurnEachTick(1));
        Assert.Single(TurnEachTick(1));
    }

    [Fact]
    public void WhenTheServiceEndsAllConnectionsAreTold()
    {
        var connection = new Connection();
        var session = _state.Open(1, 4_000, _silo);
        Assert.NotNull(_tracker.Bind(1, session.AttachZxid, connection));
        _tracker.EndService();
        Assert.Equal(1, connection.Ended);
        Assert.True(_tracker.MayServe(_tracker.Now));
        _tracker.Leave();
        _tracker.ServeUntil(long.MaxValue);
        Assert.False(_tracker.MayServe(_tracker.Now));
    }

    private static Task OnThread(Action work) =>
        Task.Factory.StartNew(work, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private List<TrackedSession> TurnEachTick(int ticks)
    {
        var silent = new List<TrackedSession>();
        for (int i = 0; i < ticks; i++)
        {
            Pass(Tick);
            silent.AddRange(_tracker.Turn());
        }
        return silent;
    }
}
