using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories in which a promise about writes is broken, and which the checker must find out.</summary>
public sealed class BrokenWritesTests
{
    private readonly HandwrittenRun _run = new();

    [Fact]
    public void An_acknowledged_write_is_lost()
    {
        var client = _run.Open("/a");
        _run.Forget(client.Do(new SetDataRequest("/a", "1")).Answer!.Zxid);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_is_done_twice(bool isAcknowledged)
    {
        var client = _run.Open("/a");
        var write = client.Ask(new SetDataRequest("/a", "1"));
        client.Log(write);
        if (isAcknowledged)
            client.Acknowledge(write);
        client.Log(write);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void A_write_stands_at_another_zxid_than_was_told()
    {
        var client = _run.Open("/a");
        var write = client.Ask(new SetDataRequest("/a", "1"));
        client.Log(write);
        client.Answer(write, new(ErrorCode.Ok, _run.LastZxid - 1, 0));
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void An_answer_tells_another_version_than_was_written()
    {
        var client = _run.Open("/a");
        var write = client.Do(new SetDataRequest("/a", "1"));
        client.Answer(write, write.Answer! with { Stat = write.Answer!.Stat!.Value with { Version = 7 } });
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void An_entry_writes_other_data_than_was_asked_for()
    {
        var client = _run.Open("/a");
        var write = client.Ask(new SetDataRequest("/a", "1"));
        _run.Append(client.Session.Id, write.Xid, batch => batch.WriteSetData("/a"u8, "2"u8.ToArray(), 1));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_multi_is_written_by_half()
    {
        var client = _run.Open("/a");
        var write = client.Ask(new MultiRequest(new SetDataRequest("/a", "1"), new CreateRequest("/b", "")));
        _run.Append(client.Session.Id, write.Xid, batch => batch.WriteSetData("/a"u8, "1"u8.ToArray(), 1));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void An_entry_that_nobody_asked_for()
    {
        var client = _run.Open("/a");
        _run.Append(client.Session.Id, 99, batch => batch.WriteDelete("/a"u8));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_deletion_in_nobodys_name()
    {
        _run.Open("/a");
        _run.Append(0, 0, batch => batch.WriteDelete("/a"u8));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_refused_write_is_done_all_the_same()
    {
        var client = _run.Open("/a");
        client.Log(client.Refuse(new SetDataRequest("/a", "1"), ErrorCode.SystemError));
        _run.AssertBroken<RefusedWritesLeaveNothing>();
    }

    [Fact]
    public void A_write_is_refused_that_was_allowed()
    {
        var client = _run.Open("/a");
        client.Refuse(new SetDataRequest("/a", "1", Version: 0), ErrorCode.BadVersion);
        _run.AssertBroken<RefusalsAreTrue>();
    }

    [Fact]
    public void A_write_is_refused_for_what_had_long_changed()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        long before = _run.LastZxid;
        one.Do(new CreateRequest("/b", ""));
        two.Answer(two.Ask(new DeleteRequest("/b")), new(ErrorCode.NoNode, before, 0));
        _run.AssertBroken<RefusalsAreTrue>();
    }

    [Fact]
    public void A_write_is_done_at_another_version_than_it_expected()
    {
        var client = _run.Open("/a");
        client.Do(new SetDataRequest("/a", "1", Version: 3));
        _run.AssertBroken<WritesKeepTheRules>();
    }

    [Theory]
    [InlineData(Permissions.Write, "/a")]
    [InlineData(Permissions.Create, "/a")]
    [InlineData(Permissions.Delete, "/a")]
    public void A_write_is_done_that_nobody_was_allowed(Permissions missing, string path)
    {
        var client = _run.Open(path, $"{path}/b");
        client.Do(new SetAclRequest(path, Permissions.All ^ missing));
        client.Do(missing switch
        {
            Permissions.Write => new SetDataRequest(path, "1"),
            Permissions.Create => new CreateRequest($"{path}/c", ""),
            _ => new DeleteRequest($"{path}/b"),
        });
        _run.AssertBroken<WritesKeepTheRules>();
    }

    [Fact]
    public void A_write_is_refused_by_an_acl_that_was_changed()
    {
        var client = _run.Open("/a");
        client.Do(new SetAclRequest("/a", Permissions.All ^ Permissions.Write));
        client.Do(new SetAclRequest("/a", Permissions.All));
        client.Refuse(new SetDataRequest("/a", "1"), ErrorCode.NoAuth);
        _run.AssertBroken<RefusalsAreTrue>();
    }

    [Fact]
    public void A_container_goes_that_was_never_used()
    {
        var client = _run.Open();
        client.Do(new CreateRequest("/c", "", CreateMode.Container));
        _run.Append(0, 0, batch => batch.WriteDelete("/c"u8));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_znode_goes_before_its_time()
    {
        var client = _run.Open();
        client.Do(new CreateRequest("/t", "", CreateMode.PersistentWithTtl) { TimeToLive = 1000 });
        _run.Wait(TimeSpan.FromSeconds(0.9));
        _run.Append(0, 0, batch => batch.WriteDelete("/t"u8));
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_write_stands_before_one_that_was_acknowledged_before_it_was_asked_for()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        var late = new SetDataRequest("/a", "late");
        var early = one.Ask(new SetDataRequest("/a", "early"));
        // Its entry goes in first, and it is asked for last.
        _run.Append(two.Session.Id, 1, batch => batch.WriteSetData("/a"u8, "late"u8.ToArray(), 1));
        var lateAnswer = new Recording.Answer(ErrorCode.Ok, _run.LastZxid, 0) { Stat = Logs.Paths.ToWire(_run.Results[0].Stat) };
        one.Log(early);
        one.Acknowledge(early);
        two.Answer(two.Ask(late), lateAnswer);
        _run.AssertBroken<WritesKeepTheOrderOfTime>();
    }

    [Fact]
    public void Writes_of_a_session_change_places()
    {
        var client = _run.Open("/a");
        var first = client.Ask(new SetDataRequest("/a", "1"));
        var second = client.Ask(new SetDataRequest("/a", "2"));
        client.Log(second);
        client.Log(first);
        _run.AssertBroken<WritesKeepTheOrderOfTheirSession>();
    }

    [Fact]
    public void A_sequential_name_is_given_out_twice()
    {
        var client = _run.Open("/q");
        var first = client.Ask(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        _run.Append(client.Session.Id, first.Xid, batch => batch.WriteCreate("/q/s-0000000000"u8, [], [], 0, 1));
        var second = client.Ask(new CreateRequest("/q/t-", "", CreateMode.PersistentSequential));
        _run.Append(client.Session.Id, second.Xid, batch => batch.WriteCreate("/q/t-0000000000"u8, [], [], 0, 2));
        _run.AssertBroken<SequentialNamesAscend>();
    }

    [Fact]
    public void A_later_client_is_told_an_earlier_sequential_name()
    {
        var one = _run.Open("/q");
        var two = _run.Open();
        var first = one.Do(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        var second = two.Do(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        two.Answer(second, second.Answer! with { Path = first.Answer!.Path });
        _run.AssertBroken<SequentialNamesAscend>();
    }

    [Fact]
    public void A_log_has_a_hole()
    {
        var client = _run.Open("/a");
        long created = _run.LastZxid;
        client.Do(new SetDataRequest("/a", "1"));
        _run.Forget(created);
        _run.AssertBroken<TheLogIsOneHistory>();
    }

    [Fact]
    public void A_write_of_an_earlier_connection_gets_in_behind_what_a_later_one_has_seen()
    {
        var client = _run.Open("/a");
        var old = client.Ask(new SetDataRequest("/a", "1"));
        client.Reconnect();
        client.Read(ReadKind.Data, "/a");
        client.Log(old);
        _run.AssertBroken<AMovedSessionIsFenced>();
    }
}
