using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Silos;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Sessions;

/// <summary>Where the grain of a session does not answer, nobody waits for it, and what it writes late takes nothing away.</summary>
public sealed class SessionCallsTests : IAsyncLifetime
{
    private const long Id = 7;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static readonly SessionOpening _opening = new(10_000);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SemaphoreSlim _turn = new(1);
    private SiloInProcess _silo = null!;
    private SessionWriter _writer = null!;
    private HeldSession _grain = null!;
    private SessionCalls _calls = null!;
    private SessionTicket _opened = null!;

    public async Task InitializeAsync()
    {
        _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings { WrapLog = log => new LogWithTurns(log, _turn) });
        _writer = new SessionWriter(_silo.Writer, _silo.Replica, new SessionLimits(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(40)));
        _grain = new HeldSession(Id, _writer);
        var tail = new LogTailReader(_silo.Log, _silo.Replica, _silo.Pipeline, TimeProvider.System);
        _calls = new SessionCalls(SimulatedGrains.Of(_ => _grain), _writer, _silo.Log, tail, _silo.Replica, _time);
        _opened = await _writer.OpenAsync(Id, _opening);
    }

    public async Task DisposeAsync()
    {
        _grain.Release();
        await _silo.DisposeAsync();
        _folder.Dispose();
        _turn.Dispose();
    }

    [Fact]
    public async Task WhatTheGrainWritesLateDoesNotTakeTheSessionFromItsClient()
    {
        var attached = await AttachWithoutAsync();
        _grain.Release();
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _grain.Attached);
        Assert.Equal(attached.AttachZxid, AttachZxid);
    }

    [Fact]
    public async Task AGrainThatDidNotAnswerIsDoneWithoutForAWhile()
    {
        await AttachWithoutAsync();
        // The clock stands still: whoever waited now would wait for ever.
        var again = await Patience.WithinAsync(_calls.AttachAsync(Id, _opened.Password, _opening));
        Assert.Equal(AttachZxid, again!.AttachZxid);
        Assert.Equal(1, _grain.Asked);

        _time.Advance(TimeSpan.FromSeconds(10));
        _grain.Release();
        var byGrain = await Patience.WithinAsync(_calls.AttachAsync(Id, _opened.Password, _opening));
        Assert.Equal(AttachZxid, byGrain!.AttachZxid);
        Assert.Equal(2, _grain.Asked);
    }

    [Fact]
    public async Task OneThatWasAttachedElsewhereMeanwhileIsAttachedAllTheSame()
    {
        var attaching = _calls.AttachAsync(Id, _opened.Password, _opening);
        var elsewhere = await _writer.AttachAsync(Id, _opened.Password, _opening);
        _grain.Release();
        var attached = await Patience.WithinAsync(attaching);
        await Refusal.IsAsync(ErrorCode.SessionMoved, () => _grain.Attached);
        Assert.True(attached!.AttachZxid > elsewhere!.AttachZxid);
        Assert.Equal(AttachZxid, attached.AttachZxid);
    }

    private long AttachZxid => _silo.Replica.State.Sessions[Id].AttachZxid;

    private async Task<SessionTicket> AttachWithoutAsync()
    {
        var attaching = _calls.AttachAsync(Id, _opened.Password, _opening);
        _time.Advance(_patience);
        var attached = await Patience.WithinAsync(attaching);
        Assert.Equal(AttachZxid, attached!.AttachZxid);
        return attached;
    }

    /// <summary>A session's grain on a silo that does nothing for a while, and then does what it was asked for before.</summary>
    private sealed class HeldSession(long id, SessionWriter writer) : ISessionGrain
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked { get; private set; }

        /// <summary>What became of the last attachment.</summary>
        public Task<SessionTicket?> Attached { get; private set; } = Task.FromResult<SessionTicket?>(null);

        public void Release() => _released.TrySetResult();

        public Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening)
        {
            Asked++;
            return Attached = AttachLaterAsync(password, opening);
        }

        public Task<SessionTicket> OpenAsync(SessionOpening opening) => throw new NotSupportedException();

        public Task<bool> PingAsync(long attachZxid) => throw new NotSupportedException();

        public Task CloseAsync(long attachZxid) => throw new NotSupportedException();

        public Task<bool> ExpireAsync(long attachZxid) => throw new NotSupportedException();

        private async Task<SessionTicket?> AttachLaterAsync(byte[] password, SessionOpening opening)
        {
            await _released.Task;
            return await writer.AttachAsync(id, password, opening);
        }
    }
}
