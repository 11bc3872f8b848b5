using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories in which a promise about reads is broken, and which the checker must find out.</summary>
public sealed class BrokenReadsTests
{
    private readonly HandwrittenRun _run = new() { History = new RunHistory { MostStaleness = TimeSpan.FromSeconds(2) } };

    [Fact]
    public void A_read_shows_data_of_another_state()
    {
        var client = _run.Open("/a");
        var read = client.Read(ReadKind.Data, "/a");
        client.Answer(read, read.Answer! with { Data = "1"u8.ToArray() });
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_read_shows_a_version_of_another_state()
    {
        var client = _run.Open("/a");
        var read = client.Read(ReadKind.Exists, "/a");
        client.Answer(read, read.Answer! with { Stat = read.Answer.Stat!.Value with { Version = 1 } });
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_read_misses_a_znode()
    {
        var client = _run.Open("/a");
        client.Answer(client.Ask(new ReadRequest(ReadKind.Data, "/a")), new(ErrorCode.NoNode, _run.LastZxid, 0));
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_list_of_children_misses_one()
    {
        var client = _run.Open("/a", "/a/b", "/a/c");
        var read = client.Read(ReadKind.Children, "/a");
        client.Answer(read, read.Answer! with { Children = ["b"] });
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_part_of_several_reads_shows_another_state()
    {
        var client = _run.Open("/a", "/b");
        var before = client.ReadSeveral((ReadKind.Data, "/a"), (ReadKind.Children, "/b")).Answer!.Results!;
        client.Do(new SetDataRequest("/a", "1"));
        client.Do(new CreateRequest("/b/c", ""));
        var read = client.ReadSeveral((ReadKind.Data, "/a"), (ReadKind.Children, "/b"));
        client.Answer(read, read.Answer! with { Results = [read.Answer.Results![0], before[1]] });
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void An_acl_is_shown_that_was_changed()
    {
        var client = _run.Open("/a");
        client.Do(new SetAclRequest("/a", Permissions.Read | Permissions.Admin));
        client.ReadAcl("/a", new AclEntry(Permissions.All, "world", "anyone"));
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_read_is_from_a_state_that_is_in_no_log()
    {
        var client = _run.Open("/a");
        var read = client.Read(ReadKind.Data, "/a");
        client.Answer(read, read.Answer! with { Zxid = _run.LastZxid + 1 });
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_session_goes_back_on_another_silo()
    {
        var client = _run.Open("/a");
        var old = client.Read(ReadKind.Data, "/a").Answer!;
        client.Do(new SetDataRequest("/a", "1"));
        client.Reconnect();
        client.Answer(client.Ask(new ReadRequest(ReadKind.Data, "/a")), old);
        _run.AssertBroken<SessionsNeverGoBack>();
    }

    [Fact]
    public void A_sync_misses_what_had_been_acknowledged()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        long before = _run.LastZxid;
        one.Do(new SetDataRequest("/a", "1"));
        two.Answer(two.Ask(new SyncRequest("/")), new(ErrorCode.Ok, before, 0));
        _run.AssertBroken<SyncSeesAllThatWasSeen>();
    }

    [Fact]
    public void A_read_is_older_than_the_bound()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        var old = two.Read(ReadKind.Data, "/a").Answer!;
        one.Do(new SetDataRequest("/a", "1"));
        _run.Wait(TimeSpan.FromSeconds(3));
        two.Answer(two.Ask(new ReadRequest(ReadKind.Data, "/a")), old);
        _run.AssertBroken<ReadsAreRecent>();
    }
}
