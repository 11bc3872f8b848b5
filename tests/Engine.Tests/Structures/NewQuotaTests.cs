using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;

namespace Coordination.Engine.Tests.Structures;

/// <summary>What a new quota limits is counted when its entry is applied, without the state being changed meanwhile.</summary>
public sealed class NewQuotaTests : IDisposable
{
    private const string Limits = "/zookeeper/quota/a/zookeeper_limits", Stats = "/zookeeper/quota/a/zookeeper_stats";

    private readonly CoordinationState _state = CheckpointRows.Genesis().Load();
    private readonly List<ChangeResult> _results = [];
    private readonly BatchWriter _batch = new();
    private long _zxid = Zxid.FirstOf(1);

    public NewQuotaTests()
    {
        foreach (string path in new[] { "/a", "/zookeeper/quota/a", Stats })
            Assert.Null(_state.Begin(Entry(batch => Create(batch, path, "")), _results));
        for (int i = 0; i < 100; i++)
            Assert.Null(_state.Begin(Entry(batch => Create(batch, $"/a/{i}", "12")), _results));
    }

    public void Dispose() => _batch.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_counted_between_the_locks_or_under_the_last_of_them(bool counts)
    {
        var rest = _state.Begin(Entry(static batch => Create(batch, Limits, "count=1000,bytes=-1")), _results);
        Assert.NotNull(rest);
        if (counts)
            rest.Count();
        Assert.True(_state.IsBetween && _state.IsSettled("/a"u8));
        Assert.False(_state.IsSettled(Encoding.UTF8.GetBytes(Stats)));
        Assert.Equal("", Shown());
        Assert.True(rest.GoOn(1));
        rest.End();
        Assert.Equal("count=101,bytes=200", Shown());
        Assert.Equal(_zxid, _state.LastZxid);
        Assert.Null(_state.Begin(Entry(static batch => Create(batch, "/a/more", "1")), _results));
        Assert.Equal("count=102,bytes=201", Shown());
    }

    [Fact]
    public void What_a_multi_does_besides_is_counted_once()
    {
        var rest = _state.BeginInPieces(
            Entry(static batch =>
            {
                var mark = batch.BeginMulti();
                Create(batch, "/a/before", "123");
                Create(batch, Limits, "count=1000,bytes=-1");
                Create(batch, "/a/behind", "4567");
                batch.EndList(mark, 3);
            }),
            _results);
        for (int pieces = 0; !Advance(rest); pieces++)
            Assert.InRange(pieces, 0, 10);
        rest.End();
        Assert.Equal("count=103,bytes=207", Shown());
    }

    [Fact]
    public void One_that_its_own_multi_takes_back_is_none()
    {
        var entry = Entry(static batch =>
        {
            var mark = batch.BeginMulti();
            Create(batch, Limits, "count=1000,bytes=-1");
            batch.WriteDelete(Encoding.UTF8.GetBytes(Limits));
            batch.EndList(mark, 2);
        });
        _state.Apply(entry, _results);
        Assert.Equal("", Shown());
        Assert.Null(_state.Begin(Entry(static batch => Create(batch, "/a/more", "1")), _results));
        Assert.Equal("", Shown());
    }

    private static bool Advance(LongApplication application)
    {
        application.Count();
        return application.GoOn(1);
    }

    private static void Create(BatchWriter batch, string path, string data) =>
        batch.WriteCreate(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(data), [], owner: 0, parentCreated: 1);

    private string Shown() => Encoding.UTF8.GetString(_state.Tree.Find(Encoding.UTF8.GetBytes(Stats))!.Data);

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
