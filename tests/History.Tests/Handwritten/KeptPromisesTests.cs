using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories that are right, and in which the checker must find nothing.</summary>
public sealed class KeptPromisesTests
{
    private readonly HandwrittenRun _run = new();

    [Fact]
    public void Writes_and_reads_of_two_clients()
    {
        var one = _run.Open("/a", "/q");
        var two = _run.Open();
        one.Do(new SetDataRequest("/a", "1", Version: 0));
        two.Refuse(new SetDataRequest("/a", "2", Version: 0), ErrorCode.BadVersion);
        two.Do(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        one.Do(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        one.Refuse(new DeleteRequest("/q"), ErrorCode.NotEmpty);
        two.Do(new MultiRequest(new CheckRequest("/a", 1), new SetDataRequest("/a", "3"), new DeleteRequest("/a")));
        one.Refuse(new DeleteRequest("/a"), ErrorCode.NoNode);
        one.Read(ReadKind.Children, "/q");
        one.Read(ReadKind.Data, "/a");
        two.Sync();
        _run.AssertKept();
    }

    [Fact]
    public void What_an_acl_does_not_allow_is_refused()
    {
        var client = _run.Open("/a", "/a/b");
        client.Do(new SetAclRequest("/a", Permissions.Read | Permissions.Admin, Version: 0));
        client.Refuse(new SetAclRequest("/a", Permissions.All, Version: 0), ErrorCode.BadVersion);
        client.Refuse(new SetDataRequest("/a", "1"), ErrorCode.NoAuth);
        client.Refuse(new CreateRequest("/a/c", ""), ErrorCode.NoAuth);
        client.Refuse(new DeleteRequest("/a/b"), ErrorCode.NoAuth);
        client.Do(new SetDataRequest("/a/b", "1"));
        client.ReadAcl("/a", new AclEntry(Permissions.Read | Permissions.Admin, "world", "anyone"));
        client.ReadSeveral((ReadKind.Data, "/a"), (ReadKind.Children, "/a"), (ReadKind.Data, "/none"));
        _run.AssertKept();
    }

    [Fact]
    public void What_is_used_no_more_goes()
    {
        var client = _run.Open();
        client.Do(new CreateRequest("/c", "", CreateMode.Container));
        client.Do(new CreateRequest("/c/d", ""));
        client.Do(new DeleteRequest("/c/d"));
        client.Do(new CreateRequest("/t", "", CreateMode.PersistentWithTtl) { TimeToLive = 1000 });
        _run.Wait(TimeSpan.FromSeconds(2));
        _run.Append(0, 0, batch => batch.WriteDelete("/c"u8));
        _run.Append(0, 0, batch => batch.WriteDelete("/t"u8));
        _run.AssertKept();
    }

    [Fact]
    public void A_multi_that_fails_at_its_second_part()
    {
        var client = _run.Open("/a");
        var multi = client.Ask(new MultiRequest(
            new CreateRequest("/b", ""), new CreateRequest("/b/c", "", CreateMode.Ephemeral), new CreateRequest("/a", ""),
            new DeleteRequest("/b")));
        client.Answer(multi, new Answer(ErrorCode.Ok, _run.LastZxid, 0)
        {
            Results =
            [
                new MultiResult(OperationCode.Error, ErrorCode.Ok), new MultiResult(OperationCode.Error, ErrorCode.Ok),
                new MultiResult(OperationCode.Error, ErrorCode.NodeExists),
                new MultiResult(OperationCode.Error, ErrorCode.RuntimeInconsistency),
            ],
        });
        _run.AssertKept();
    }

    [Fact]
    public void Writes_whose_answers_were_lost_stand_or_do_not()
    {
        var client = _run.Open("/a");
        client.Log(client.Ask(new SetDataRequest("/a", "1")));
        client.Ask(new SetDataRequest("/a", "2"));
        client.Reconnect();
        client.Read(ReadKind.Data, "/a");
        _run.AssertKept();
    }

    [Fact]
    public void Numbered_writes_that_are_sent_again_are_done_once()
    {
        var client = _run.Open("/a");
        var create = new CreateRequest("/a/s-", "", CreateMode.PersistentSequential);
        var first = client.Ask(create, 1);
        client.Log(first);
        client.Acknowledge(first);
        var lost = client.Ask(create, 2);
        var refused = client.Ask(new DeleteRequest("/b"), 3);
        client.Reconnect();
        client.Answer(client.Ask(create, 1), first.Answer! with { Zxid = _run.LastZxid });
        var again = client.Ask((CreateRequest)lost.Request, 2);
        client.Log(again);
        client.Acknowledge(again);
        client.Answer(client.Ask(new DeleteRequest("/b"), 3), new Answer(ErrorCode.NoNode, _run.LastZxid, 0));
        client.Do(new CreateRequest("/b", ""));
        var later = client.Ask(new DeleteRequest("/b"), 4);
        client.Log(later);
        client.Acknowledge(later);
        client.Reconnect();
        client.Answer(client.Ask(create, 2), again.Answer! with { Zxid = _run.LastZxid });
        client.Answer(client.Ask((DeleteRequest)refused.Request, 3), new Answer(ErrorCode.WasRefused, _run.LastZxid, 0));
        _run.AssertKept();
    }

    [Fact]
    public void A_numbered_write_that_was_refused_may_be_done_when_it_is_sent_again()
    {
        var client = _run.Open();
        var create = new CreateRequest("/a/b", "");
        client.Answer(client.Ask(create, 1), new Answer(ErrorCode.NoNode, _run.LastZxid, 0));
        client.Do(new CreateRequest("/a", ""));
        var again = client.Ask(create, 1);
        client.Log(again);
        client.Acknowledge(again);
        _run.AssertKept();
    }

    [Fact]
    public void Writes_at_the_same_time_stand_in_either_order()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        var first = one.Ask(new SetDataRequest("/a", "1"));
        var second = two.Ask(new SetDataRequest("/a", "2"));
        two.Log(second);
        two.Acknowledge(second);
        one.Log(first);
        one.Acknowledge(first);
        _run.AssertKept();
    }

    [Fact]
    public void A_read_may_be_behind_what_others_have_seen()
    {
        var one = _run.Open("/a");
        var two = _run.Open();
        var old = two.Read(ReadKind.Data, "/a").Answer!;
        one.Do(new SetDataRequest("/a", "1"));
        two.Answer(two.Ask(new ReadRequest(ReadKind.Data, "/a")), old);
        _run.AssertKept();
    }

    [Fact]
    public void Watches_of_all_kinds()
    {
        var watcher = _run.Open("/a", "/a/b");
        var writer = _run.Open();
        watcher.Read(ReadKind.Data, "/a/b", watch: true);
        watcher.Read(ReadKind.Children, "/a", watch: true);
        watcher.Read(ReadKind.Exists, "/c", watch: true);
        watcher.Watch("/a", AddWatchMode.PersistentRecursive);
        watcher.Watch("/", AddWatchMode.Persistent);
        long zxid = writer.Do(new DeleteRequest("/a/b")).Answer!.Zxid;
        watcher.Tell(WatchEventType.NodeDeleted, "/a/b", zxid);
        watcher.Tell(WatchEventType.NodeChildrenChanged, "/a", zxid);
        zxid = writer.Do(new CreateRequest("/c", "")).Answer!.Zxid;
        watcher.Tell(WatchEventType.NodeCreated, "/c", zxid);
        watcher.Tell(WatchEventType.NodeChildrenChanged, "/", zxid);
        zxid = writer.Do(new SetDataRequest("/a", "")).Answer!.Zxid;
        watcher.Tell(WatchEventType.NodeDataChanged, "/a", zxid);
        writer.Do(new SetDataRequest("/c", ""));
        watcher.Read(ReadKind.Exists, "/c");
        _run.AssertKept();
    }

    [Fact]
    public void Watches_that_are_armed_again_tell_what_they_missed()
    {
        var watcher = _run.Open("/a", "/b", "/c");
        var writer = _run.Open();
        long seen = watcher.Read(ReadKind.Data, "/a", watch: true).Answer!.Zxid;
        writer.Do(new SetDataRequest("/a", "1"));
        writer.Do(new DeleteRequest("/c"));
        watcher.Reconnect();
        var watches = new WatchSet();
        watches.Data.UnionWith(["/a", "/b", "/c"]);
        watches.Exists.Add("/d");
        watches.Children.Add("/");
        watcher.SetWatches(
            seen, watches, new Happening(WatchEventType.NodeDataChanged, "/a"), new Happening(WatchEventType.NodeDeleted, "/c"),
            new Happening(WatchEventType.NodeChildrenChanged, "/"));
        writer.Do(new SetDataRequest("/a", "2"));
        long zxid = writer.Do(new CreateRequest("/d", "")).Answer!.Zxid;
        watcher.Tell(WatchEventType.NodeCreated, "/d", zxid);
        watcher.Read(ReadKind.Data, "/a");
        _run.AssertKept();
    }

    [Fact]
    public void Sessions_that_are_closed_and_that_expire()
    {
        var closing = _run.Open("/a");
        var dying = _run.Open();
        closing.Do(new CreateRequest("/a/c", "", CreateMode.Ephemeral));
        dying.Do(new CreateRequest("/a/d", "", CreateMode.Ephemeral));
        closing.Close("/a/c");
        dying.Session.IsAbandoned = true;
        _run.Wait(dying.Session.Timeout);
        _run.AppendClosing(dying.Session.Id, "/a/d");
        _run.AssertKept();
    }
}
