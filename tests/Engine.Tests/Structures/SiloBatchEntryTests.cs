using System.Text;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;

namespace Coordination.Engine.Tests.Structures;

/// <summary>Entries of logs whose silos handed batches over to each other, which none does any more.</summary>
public sealed class SiloBatchEntryTests : IDisposable
{
    private static readonly Guid s_silo = Guid.NewGuid(), s_other = Guid.NewGuid(), s_nobody = Guid.Empty;

    private readonly BatchWriter _batch = new();
    private readonly List<byte[]> _log = [];
    private readonly CoordinationState _state = CheckpointRows.Genesis().Load();
    private long _zxid = Zxid.FirstOf(1);

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void They_are_read_as_they_were_written()
    {
        byte[] row = Write(
            static batch => batch.WriteSiloBatch(s_silo, 1L << 40), static batch => batch.WriteForgetSilos(7, [s_other, s_silo]));
        var reader = new BatchReader(row);
        Assert.True(reader.TryRead(out var taken));
        Assert.Equal(
            (EntryKind.SiloBatch, s_silo, 1L << 40), (taken.Change.Kind, taken.Change.Silo, taken.Change.LongNumber));
        Assert.True(reader.TryRead(out var forgotten));
        Assert.Equal((EntryKind.ForgetSilos, 7), (forgotten.Change.Kind, forgotten.Change.LongNumber));
        Assert.Equal([s_other, s_silo], forgotten.Change.Silos);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void They_change_nothing_but_the_zxid_and_what_stands_around_them_is_applied()
    {
        Apply(
            static batch => batch.WriteSiloBatch(s_silo, 5),
            static batch => batch.WriteCreate("/a"u8, [], [], owner: 0, parentCreated: 1),
            static batch => batch.WriteForgetSilos(3, [s_silo]),
            static batch => batch.WriteSetData("/a"u8, "x"u8.ToArray(), version: 1));
        Assert.Equal(_zxid, _state.LastZxid);
        Assert.Equal("x", Encoding.UTF8.GetString(_state.Tree.Find("/a"u8)!.Data));
    }

    [Fact]
    public void The_checkpoint_keeps_what_they_say_and_is_loaded()
    {
        var rows = CheckpointRows.Genesis();
        Apply(static batch => batch.WriteSiloBatch(s_silo, 5), static batch => batch.WriteSiloBatch(s_other, 6));
        Apply(static batch => batch.WriteSiloBatch(s_silo, 8));
        Fold(rows, from: 0);
        Assert.Equal(new Dictionary<Guid, long> { [s_silo] = 8, [s_other] = 6 }, rows.SiloBatches);
        Assert.Equal(StateText.Of(_state, _log), StateText.Of(rows.Load(), _log));

        Apply(
            static batch => batch.WriteForgetSilos(3, [s_silo]),
            static batch => batch.WriteCreate("/a"u8, [], [], owner: 0, parentCreated: 1));
        Fold(rows, from: 2);
        Assert.Equal(new Dictionary<Guid, long> { [s_nobody] = 3, [s_other] = 6 }, rows.SiloBatches);
        Assert.Equal(StateText.Of(_state, _log), StateText.Of(rows.Load(), _log));
    }

    private void Apply(params Action<BatchWriter>[] changes)
    {
        byte[] row = Write(changes);
        _log.Add(row);
        var results = new List<ChangeResult>();
        var reader = new BatchReader(row);
        while (reader.TryRead(out var entry))
            _state.Apply(entry, results);
    }

    private void Fold(CheckpointRows rows, int from)
    {
        var folder = new CheckpointFolder(rows.State);
        for (int i = from; i < _log.Count; i++)
            folder.Fold(i + 1, default, _log[i]);
        rows.CarryOut(folder.ToDelta(new Dictionary<long, byte[]?>(), applied: null));
    }

    private byte[] Write(params Action<BatchWriter>[] changes)
    {
        _batch.Clear();
        foreach (var change in changes)
        {
            _batch.BeginEntry(new EntryHeader(++_zxid, 1000, 0, 0));
            change(_batch);
            _batch.EndEntry(_zxid);
        }
        return _batch.Body.ToArray();
    }
}
