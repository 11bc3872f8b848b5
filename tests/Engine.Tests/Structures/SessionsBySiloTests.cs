using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Engine.Sessions;
using Coordination.Engine.Tests.Checks;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The sessions of each silo, as entries open, move and close them, and as a checkpoint has them.</summary>
public sealed class SessionsBySiloTests : IDisposable
{
    private const int Million = 1_000_000;

    private static readonly Guid s_first = Guid.NewGuid(), s_second = Guid.NewGuid();

    private readonly BatchWriter _batch = new();
    private readonly List<ChangeResult> _results = [];
    private readonly CoordinationState _state = CheckpointRows.Genesis().Load();
    private long _zxid = Zxid.FirstOf(1);

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void Each_is_with_the_silo_that_it_was_attached_to_last()
    {
        foreach (long id in new long[] { 1, 2, 3 })
            Open(id, s_first);
        Attach(1, s_second);
        Assert.Equal([2L, 3], Of(s_first));
        Assert.Equal([1L], Of(s_second));
        Close(2);
        Attach(1, s_first);
        Assert.Equal([1L, 3], Of(s_first));
        Assert.Null(_state.SessionsBySilo.Find(s_second));
        Assert.Equal(s_first, Assert.Single(_state.SessionsBySilo).Silo);
    }

    // By which whoever has looked through them knows whether there is another.
    [Fact]
    public void The_last_zxid_of_a_silo_rises_with_each_attachment_to_it_and_with_nothing_else()
    {
        Open(1, s_first);
        Open(2, s_first);
        long opened = LastOf(s_first);
        Assert.Equal(_zxid, opened);
        Attach(1, s_second);
        Assert.Equal(opened, LastOf(s_first));
        Attach(2, s_first);
        Assert.Equal(_zxid, LastOf(s_first));
        long attached = _zxid;
        Open(3, s_first);
        Close(3);
        Assert.True(LastOf(s_first) > attached);
        Close(2);
        Open(4, s_first);
        Assert.Equal(_zxid, LastOf(s_first));
    }

    [Fact]
    public void A_checkpoint_in_any_order_makes_the_same()
    {
        var state = new CoordinationState();
        var loader = new StateLoader(state);
        loader.Session(new SessionRecord(1, new byte[16], 1000, 7, s_first));
        loader.Session(new SessionRecord(2, new byte[16], 1000, 9, s_first));
        loader.Session(new SessionRecord(3, new byte[16], 1000, 5, s_second));
        loader.Session(new SessionRecord(4, new byte[16], 1000, 8, s_first));
        Assert.Equal(
            [(s_first, 3, 9L), (s_second, 1, 5L)],
            state.SessionsBySilo.Select(silo => (silo.Silo, silo.Count, silo.LastAttachZxid)));
    }

    [Fact]
    public void Those_of_one_of_whom_others_close_and_move_are_all_found_in_pieces_from_the_end()
    {
        const int sessions = 5000;
        for (long id = 1; id <= sessions; id++)
            Open(id, s_first);
        var random = new Random(1);
        var found = new HashSet<long>();
        var gone = new HashSet<long>();
        for (int left = sessions; left > 0;)
        {
            var attached = _state.SessionsBySilo.Find(s_first)!;
            int from = Math.Min(left, attached.Count);
            left = Math.Max(0, from - 100);
            for (int place = from - 1; place >= left; place--)
                found.Add(attached[place].Id);
            for (int i = 0; i < 40; i++)
            {
                long id = random.NextInt64(1, sessions + 1);
                if (gone.Add(id))
                    Leave(id, i);
            }
        }
        Assert.InRange(gone.Count, 1000, sessions - 1000);
        Assert.Empty(_state.Sessions.Keys.Except(found).Except(gone));
        TreeInvariants.Check(_state);
    }

    // Where entries are applied, readers wait.
    [Fact]
    public void Of_a_million_a_hundredth_is_copied_at_once()
    {
        var silos = new SessionsBySilo();
        Session[] sessions =
        [
            .. Enumerable.Range(1, Million).Select(id => new Session(new SessionRecord(id, default, 1000, id, s_first))),
        ];
        long most = 0;
        foreach (var session in sessions)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            silos.Attach(session, s_first, session.AttachZxid);
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(most, 0, Million * 8 / 250);
        foreach (var session in sessions.Skip(1))
            silos.Remove(session);
        Assert.Same(sessions[0], silos.Find(s_first)![0]);
        Assert.Equal(1, silos.Find(s_first)!.Count);
        silos.Remove(sessions[0]);
        Assert.Empty(silos);
    }

    private void Leave(long id, int way)
    {
        if (way % 2 == 0)
            Close(id);
        else
            Attach(id, s_second);
    }

    private long[] Of(Guid silo)
    {
        var attached = _state.SessionsBySilo.Find(silo)!;
        return [.. Enumerable.Range(0, attached.Count).Select(place => attached[place].Id).Order()];
    }

    private long LastOf(Guid silo) => _state.SessionsBySilo.Find(silo)!.LastAttachZxid;

    private void Open(long id, Guid silo) => Apply(batch => batch.WriteOpenSession(id, new byte[16], 1000, silo));

    private void Attach(long id, Guid silo) => Apply(batch => batch.WriteAttachSession(id, 1000, silo));

    private void Close(long id) => Apply(batch => batch.EndList(batch.BeginCloseSession(id), 0));

    private void Apply(Action<BatchWriter> change)
    {
        _batch.Clear();
        _batch.BeginEntry(new EntryHeader(++_zxid, 1000, 0, 0));
        change(_batch);
        _batch.EndEntry(_zxid);
        var reader = new BatchReader(_batch.Body);
        while (reader.TryRead(out var entry))
            _state.Apply(entry, _results);
    }
}
