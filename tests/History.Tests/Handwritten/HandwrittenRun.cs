using System.Text;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests.Handwritten;

/// <summary>A run that never was: its clients and its log do what a test tells them, right or wrong.</summary>
/// <remarks>Each step takes ten milliseconds, and each entry the next zxid.</remarks>
internal sealed class HandwrittenRun
{
    private const double StepMilliseconds = 10;

    private readonly List<LogEntry> _entries = [];
    private readonly List<ChangeResult> _results = [];
    private long _lastSession = 0x100;
    private int _epoch = 1;
    private double _now;

    public RunHistory History { get; init; } = new();

    /// <summary>The state after all entries so far.</summary>
    public CoordinationState State { get; private set; } = CoordinationState.Genesis();

    /// <summary>What the last entry's changes did.</summary>
    public IReadOnlyList<ChangeResult> Results => _results;

    public long LastZxid => State.LastZxid;

    /// <summary>Goes on by a step.</summary>
    public double Step() => _now += StepMilliseconds;

    /// <summary>Lets time pass.</summary>
    public void Wait(TimeSpan duration) => _now += duration.TotalMilliseconds;

    /// <summary>A client opens a session, and creates what it is to work on.</summary>
    public HandwrittenClient Open(params string[] paths)
    {
        var session = new SessionHistory(++_lastSession, TimeSpan.FromSeconds(4));
        History.Add(session);
        Append(0, 0, batch => batch.WriteOpenSession(session.Id, new byte[16], 4000, Guid.Empty));
        var client = new HandwrittenClient(this, session);
        foreach (string path in paths)
            client.Do(new CreateRequest(path, "0"));
        return client;
    }

    /// <summary>Puts an entry into the log.</summary>
    /// <returns>Its zxid.</returns>
    public long Append(long session, int xid, Action<BatchWriter> write)
    {
        Step();
        long zxid = Math.Max(LastZxid, Zxid.FirstOf(_epoch)) + 1;
        using var batch = new BatchWriter();
        batch.BeginEntry(new EntryHeader(zxid, History.ToUnixTime(_now), session, xid));
        write(batch);
        batch.EndEntry(zxid);
        var reader = new BatchReader(batch.Body.ToArray());
        Assert.True(reader.TryRead(out var entry));
        _entries.Add(entry);
        State.Apply(entry with { Once = default }, _results);
        return zxid;
    }

    /// <summary>Puts a closing of a session into the log.</summary>
    /// <param name="session">The session.</param>
    /// <param name="deleted">What goes with it.</param>
    public long AppendClosing(long session, params string[] deleted) => Append(0, 0, batch =>
    {
        var mark = batch.BeginCloseSession(session);
        foreach (string path in deleted)
            batch.WriteDelete(Encoding.UTF8.GetBytes(path));
        batch.EndList(mark, deleted.Length);
    });

    /// <summary>Takes an entry out of the log again, as a database that forgets does.</summary>
    public void Forget(long zxid) => _entries.RemoveAll(entry => entry.Header.Zxid == zxid);

    /// <summary>Puts a database into this one's place that has no more than what stands up to a zxid; who goes on with it begins
    /// another epoch.</summary>
    public void Lose(long keptThrough)
    {
        var lost = new CommittedLog([.. _entries]);
        History.Loss = new Loss(lost, keptThrough, Step());
        _entries.RemoveAll(entry => entry.Header.Zxid > keptThrough);
        var replay = new LogReplay(lost);
        replay.AdvanceTo(keptThrough);
        State = replay.State;
        _epoch++;
    }

    /// <summary>What the checker finds in it.</summary>
    public IReadOnlyList<Breach> Check()
    {
        History.Log = new CommittedLog(_entries);
        return HistoryChecker.Check(History);
    }

    public void AssertKept() => Assert.Empty(Check());

    public void AssertBroken<TPromise>()
        where TPromise : IPromise =>
        Assert.Contains(Check(), breach => breach.Promise == typeof(TPromise).Name);
}
