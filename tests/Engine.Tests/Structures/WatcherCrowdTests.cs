using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Properties;
using Coordination.Engine.Watches;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Paths that very many watch: how many are told at a time, and that each is told as if all were told at once.</summary>
public sealed class WatcherCrowdTests(ITestOutputHelper output) : IDisposable
{
    private const int Many = 1000;

    private static readonly string[] s_paths = ["/a", "/a/b", "/c"];

    private readonly CoordinationState _state = CheckpointRows.Genesis().Load();
    private readonly CoordinationState _atOnce = CheckpointRows.Genesis().Load();
    private readonly List<ChangeResult> _results = [];
    private readonly BatchWriter _batch = new();
    private long _zxid = Zxid.FirstOf(1);

    public void Dispose() => _batch.Dispose();

    [Theory]
    [InlineData(WatchKind.Data, 0)]
    [InlineData(WatchKind.Persistent, 2 * Many)]
    [InlineData(WatchKind.Recursive, Many)]
    public void No_more_are_told_at_a_time_than_was_asked_for(WatchKind kind, int left)
    {
        _state.Apply(Create("/a"), _results);
        _state.Apply(Create("/c"), _results);
        var watchers = Enumerable.Range(0, Many).Select(_ => new TestWatcher()).ToArray();
        foreach (var watcher in watchers)
            _state.Watches.Add(kind, "/a"u8, watcher);

        var rest = _state.Begin(SetData("/a"), _results);

        Assert.NotNull(rest);
        int pieces = 1, told = 0;
        for (; !rest.GoOn(100); pieces++)
        {
            int before = told;
            told = watchers.Count(static watcher => watcher.Told.Count == 1);
            Assert.InRange(told - before, 1, 100);
            Assert.True(_state.IsBetween && _state.LastZxid < _zxid);
            Assert.True(_state.IsSettled("/c"u8));
            Assert.False(_state.IsSettled("/a"u8));
        }
        rest.End();
        Assert.InRange(pieces, Many / 100, (Many / 100) + 1);
        Assert.All(watchers, watcher => Assert.Equal([$"NodeDataChanged /a {_zxid:x}"], watcher.Told));
        Assert.False(_state.IsBetween);
        Assert.Equal(_zxid, _state.LastZxid);
        Assert.Equal(left, _state.Watches.Count);
    }

    [Fact]
    public void A_few_are_told_at_once()
    {
        var watchers = Enumerable.Range(0, 200).Select(_ => new TestWatcher()).ToArray();
        foreach (var watcher in watchers)
            _state.Watches.Add(WatchKind.Data, "/a"u8, watcher);
        Assert.Null(_state.Begin(Create("/a"), _results));
        Assert.All(watchers, static watcher => Assert.Single(watcher.Told));
    }

    [Fact]
    public void One_who_is_gone_while_others_are_told_hears_of_nothing_later()
    {
        _state.Apply(Create("/a"), _results);
        var watchers = Enumerable.Range(0, Many).Select(_ => new TestWatcher()).ToArray();
        foreach (var watcher in watchers)
            _state.Watches.Add(WatchKind.Persistent, "/a"u8, watcher);
        var rest = _state.Begin(SetData("/a"), _results)!;
        Assert.False(rest.GoOn(10));
        foreach (var watcher in watchers)
            _state.Watches.RemoveAll(watcher);
        while (!rest.GoOn(10))
            continue;
        rest.End();
        Assert.Equal(0, _state.Watches.Count);
        Assert.Null(_state.Begin(SetData("/a"), _results));
        Assert.All(watchers, static watcher => Assert.InRange(watcher.Told.Count, 0, 1));
    }

    [Fact]
    public void Each_is_told_what_it_is_told_where_all_are_told_at_once()
    {
        var random = new Random(Effort.Seed(output));
        var watchers = Enumerable.Range(0, Many).Select(_ => (Pieces: new TestWatcher(), AtOnce: new TestWatcher())).ToArray();
        bool hasCrowd = false;
        for (int round = 0; round < 60; round++)
        {
            WatchSome(watchers, random);
            var entry = RandomEntry(random);
            ApplyAtOnce(entry);
            var rest = _state.Begin(entry, _results);
            hasCrowd |= rest is not null;
            while (rest is not null && !rest.GoOn(random.Next(1, 200)))
                continue;
            rest?.End();
            Assert.Equal(_atOnce.LastZxid, _state.LastZxid);
            Assert.Equal(_atOnce.Watches.Count, _state.Watches.Count);
        }
        Assert.True(hasCrowd);
        Assert.All(watchers, static watcher => Assert.Equal(watcher.AtOnce.Told, watcher.Pieces.Told));
        foreach (var (pieces, _) in watchers)
            _state.Watches.RemoveAll(pieces);
        Assert.Equal(0, _state.Watches.Count);
    }

    private void ApplyAtOnce(in LogEntry entry)
    {
        var rest = _atOnce.Begin(entry, _results);
        Assert.True(rest is null || rest.GoOn(int.MaxValue));
        rest?.End();
    }

    private void WatchSome((TestWatcher Pieces, TestWatcher AtOnce)[] watchers, Random random)
    {
        var kind = (WatchKind)random.Next(4);
        byte[] path = Encoding.UTF8.GetBytes(s_paths[random.Next(s_paths.Length)]);
        int share = random.Next(1, 6);
        foreach (var (pieces, atOnce) in watchers)
        {
            if (random.Next(share) > 0)
                continue;
            _state.Watches.Add(kind, path, pieces);
            _atOnce.Watches.Add(kind, path, atOnce);
        }
        if (random.Next(4) == 0)
        {
            var (pieces, atOnce) = watchers[random.Next(watchers.Length)];
            _state.Watches.RemoveAll(pieces);
            _atOnce.Watches.RemoveAll(atOnce);
        }
    }

    private LogEntry RandomEntry(Random random)
    {
        string path = s_paths[random.Next(s_paths.Length)];
        var node = _state.Tree.Find(Encoding.UTF8.GetBytes(path));
        if (node is null)
            return path != "/a/b" || _state.Tree.Find("/a"u8) is not null ? Create(path) : Create("/a");
        return node.ChildCount == 0 && random.Next(2) == 0 ? Delete(path) : SetData(path);
    }

    private LogEntry Create(string path) =>
        Entry(batch => batch.WriteCreate(Encoding.UTF8.GetBytes(path), [], [], owner: 0, parentCreated: 1));

    private LogEntry SetData(string path) => Entry(batch => batch.WriteSetData(Encoding.UTF8.GetBytes(path), [], version: 1));

    private LogEntry Delete(string path) => Entry(batch => batch.WriteDelete(Encoding.UTF8.GetBytes(path)));

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
