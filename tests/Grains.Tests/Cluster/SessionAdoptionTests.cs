using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Tests.Sessions;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordination.Grains.Tests.Cluster;

/// <summary>The sessions of silos that are gone, while their clients come back, and close others.</summary>
public sealed class SessionAdoptionTests
{
    private const int Timeout = 10_000;
    private const int Many = 3000;

    private readonly Guid _self = Guid.NewGuid(), _living = Guid.NewGuid(), _gone = Guid.NewGuid();
    private readonly SessionTracker _tracker;
    private readonly SessionState _sessions;
    private readonly Replica _replica;
    private readonly SessionAdoption _adoption;
    private readonly SteppedContext _context = new();

    public SessionAdoptionTests()
    {
        _tracker = new SessionTracker(_self, TimeSpan.FromSeconds(2), new ManualTimeProvider());
        _sessions = new SessionState(_tracker);
        _replica = new Replica(_self, _sessions.State, default);
        _adoption = new SessionAdoption(_replica, _tracker, NullLogger.Instance);
    }

    [Fact]
    public void SilosThatHaveSessionsAreNamedUntilTheirsAreAnsweredFor()
    {
        Assert.Empty(_adoption.FindOwners());
        Open(1, _self);
        Open(2, _living);
        Open(3, _gone);
        Assert.Equal([_living, _gone], _adoption.FindOwners().Keys);
        AdoptGone();
        Assert.Equal([_living], _adoption.FindOwners().Keys);
        Assert.Equal([1L, 3], Answered());
        _sessions.Close(3);
        Assert.Equal([_living], _adoption.FindOwners().Keys);
    }

    // What a silo has written last may be read after it was taken for dead.
    [Fact]
    public void OneThatWasAttachedToASiloThatIsGoneIsAnsweredForToo()
    {
        Open(1, _gone);
        Open(2, _living);
        AdoptGone();
        long attached = _sessions.Attach(2, Timeout, _gone).AttachZxid;
        Assert.Equal([1L], Answered());
        AdoptGone();
        Assert.Equal(attached, _tracker.Find(2)!.AttachZxid);
        Assert.Empty(_adoption.FindOwners());

        // The last is closed, and the silo is as one that never was.
        _sessions.Close(1);
        _sessions.Close(2);
        Assert.Empty(_adoption.FindOwners());
        Open(3, _gone);
        AdoptGone();
        Assert.Equal([3L], Answered());
    }

    // The silo that adopted it does not answer for it after such an entry, by which it is another's.
    [Fact]
    public void OneThatIsAttachedToASiloThatIsGoneOnceMoreIsAnsweredForOnceMore()
    {
        Open(1, _gone);
        Open(2, _gone);
        AdoptGone();
        long attached = _sessions.Attach(1, Timeout, _gone).AttachZxid;
        Assert.Equal([2L], Answered());
        AdoptGone();
        Assert.Equal(attached, _tracker.Find(1)!.AttachZxid);
    }

    [Fact]
    public void BetweenThePiecesNoneIsTakenThatClosesOrMovesAndNoneIsLeftOut()
    {
        for (long id = 1; id <= Many; id++)
            Open(id, id % 3 == 0 ? _living : _gone);
        var random = new Random(1);
        var adopting = StartToAdopt();
        int pieces = 0;
        for (int before = _tracker.Count; _context.GoOn(); before = _tracker.Count)
        {
            pieces++;
            Assert.InRange(_tracker.Count - before, 0, 256);
            for (int i = 0; i < 20; i++)
                Change(random.NextInt64(1, Many + 1), random.Next(5));
            Open(Many + pieces, _gone);
        }
        Assert.True(adopting.IsCompletedSuccessfully);
        Assert.InRange(pieces, Many * 2 / 3 / 256, Many);
        Assert.Empty(Attached(_living).Intersect(Answered()));
        // But for those that came meanwhile.
        AdoptGone();
        Assert.Equal(Attached(_self).Concat(Attached(_gone)).Order(), Answered());
        Assert.All(Answered(), id => Assert.Equal(_sessions.State.Sessions[id].AttachZxid, _tracker.Find(id)!.AttachZxid));
        Assert.Equal([_living], _adoption.FindOwners().Keys);
    }

    [Fact]
    public async Task WhatIsEndedBetweenThePiecesIsBegunAgain()
    {
        for (long id = 1; id <= Many; id++)
            Open(id, _gone);
        using var ending = new CancellationTokenSource();
        var adopting = StartToAdopt(ending.Token);
        Assert.True(_context.GoOn());
        ending.Cancel();
        while (_context.GoOn())
            continue;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adopting);
        Assert.InRange(_tracker.Count, 1, Many - 1);
        AdoptGone();
        Assert.Equal(Many, _tracker.Count);
    }

    private void Change(long id, int way)
    {
        if (!_sessions.State.Sessions.ContainsKey(id))
            return;
        if (way == 0)
            _sessions.Close(id);
        else
            _sessions.Attach(id, Timeout, way == 1 ? _self : way == 2 ? _living : _gone);
    }

    private void AdoptGone()
    {
        var adopting = StartToAdopt();
        while (_context.GoOn())
            continue;
        Assert.True(adopting.IsCompletedSuccessfully);
    }

    private Task StartToAdopt(CancellationToken cancellationToken = default)
    {
        var owners = _adoption.FindOwners();
        owners.Remove(_living);
        return _context.Start(() => _adoption.AdoptAsync(owners, cancellationToken));
    }

    private void Open(long id, Guid silo) => _sessions.Open(id, Timeout, silo);

    private long[] Answered() => [.. _tracker.Expiries.Select(static session => session.Key).Order()];

    private IEnumerable<long> Attached(Guid silo) =>
        _sessions.State.Sessions.Values.Where(session => session.Silo == silo).Select(session => session.Id);
}
