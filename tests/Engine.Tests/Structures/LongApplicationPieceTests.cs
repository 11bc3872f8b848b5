using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Properties;
using Coordination.Engine.Watches;

namespace Coordination.Engine.Tests.Structures;

/// <summary>How much of a large entry is done while readers are locked out.</summary>
public sealed class LongApplicationPieceTests : IDisposable
{
    private const int Many = 3000;
    private const int AtOnce = 100;
    private const long SessionId = 7;

    private readonly CoordinationState _state = CheckpointRows.Genesis().Load();
    private readonly TestWatcher _watcher = new();
    private readonly List<ChangeResult> _results = [];
    private readonly BatchWriter _batch = new();
    private long _zxid = Zxid.FirstOf(1);

    public LongApplicationPieceTests()
    {
        _state.Apply(Entry(static batch => batch.WriteOpenSession(SessionId, [], 1000, Guid.Empty)), _results);
        _state.Apply(Entry(static batch => batch.WriteCreate("/a"u8, [], [], owner: 0, parentCreated: 1)), _results);
    }

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void Creates_sets_and_deletes_of_a_multi_are_done_some_at_a_time()
    {
        CheckPieces(Multi(static (batch, path) => batch.WriteCreate(path, [], [], owner: 0, parentCreated: 1)), Many, Many);
        CheckPieces(Multi(static (batch, path) => batch.WriteSetData(path, [1], version: 1)), Many, 0);
        CheckPieces(Multi(static (batch, path) => batch.WriteDelete(path)), Many, -Many);
    }

    [Fact]
    public void What_a_closing_session_owned_goes_some_at_a_time()
    {
        CheckPieces(Multi(static (batch, path) => batch.WriteCreate(path, [], [], SessionId, parentCreated: 1)), Many, Many);
        CheckPieces(
            Entry(static batch => WriteList(
                batch, batch.BeginCloseSession(SessionId), static (batch, path) => batch.WriteDelete(path))),
            Many,
            -Many);
        Assert.DoesNotContain(SessionId, _state.Sessions.Keys);
    }

    [Fact]
    public void One_who_watches_all_of_it_is_told_some_at_a_time()
    {
        _state.Watches.Add(WatchKind.Recursive, "/a"u8, _watcher);
        CheckPieces(Multi(static (batch, path) => batch.WriteCreate(path, [], [], owner: 0, parentCreated: 1)), 2 * Many, Many);
        Assert.Equal(Many, _watcher.Told.Count);
    }

    // A step is a change or an event.
    private void CheckPieces(LogEntry entry, int steps, int grownBy)
    {
        int znodes = _state.Tree.Count, pieces = 1, before = znodes, told = _watcher.Told.Count;
        var application = _state.Begin(entry, _results);
        Assert.NotNull(application);
        for (; !application.GoOn(AtOnce); pieces++)
        {
            Assert.InRange(Math.Abs(_state.Tree.Count - before) + _watcher.Told.Count - told, 0, AtOnce);
            (before, told) = (_state.Tree.Count, _watcher.Told.Count);
        }
        application.End();
        Assert.InRange(pieces, steps / AtOnce, (steps / AtOnce) + 2);
        Assert.Equal(znodes + grownBy, _state.Tree.Count);
    }

    private LogEntry Multi(Action<BatchWriter, byte[]> write) => Entry(batch => WriteList(batch, batch.BeginMulti(), write));

    private static void WriteList(BatchWriter batch, BatchWriter.ListMark mark, Action<BatchWriter, byte[]> write)
    {
        for (int i = 0; i < Many; i++)
            write(batch, Encoding.UTF8.GetBytes($"/a/{i:d4}"));
        batch.EndList(mark, Many);
    }

    private LogEntry Entry(Action<BatchWriter> write)
    {
        _batch.Clear();
        _batch.BeginEntry(new EntryHeader(++_zxid, 1000, 0, 0));
        write(_batch);
        _batch.EndEntry(_zxid);
        Assert.True(new BatchReader(_batch.Body.ToArray()).TryRead(out var entry));
        return entry;
    }
}
