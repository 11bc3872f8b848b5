using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories whose database has lost the last of its log: what the checker lets go with it, and what it does not.</summary>
public sealed class LossTests
{
    private readonly HandwrittenRun _run = new();

    [Fact]
    public void What_was_lost_may_be_missing()
    {
        var client = _run.Open("/a", "/q");
        var closing = _run.Open();
        long kept = _run.LastZxid;
        client.Read(ReadKind.Data, "/a", watch: true);
        long zxid = closing.Do(new SetDataRequest("/a", "lost")).Answer!.Zxid;
        client.Tell(WatchEventType.NodeDataChanged, "/a", zxid);
        client.Read(ReadKind.Data, "/a");
        client.Do(new CreateRequest("/q/s-", "lost", CreateMode.PersistentSequential));
        client.Refuse(new CreateRequest("/a", ""), ErrorCode.NodeExists);
        _run.Open("/b").Close();
        closing.Close();
        _run.Lose(kept);
        client.Reconnect();
        client.Read(ReadKind.Data, "/a");
        client.Do(new CreateRequest("/q/s-", "", CreateMode.PersistentSequential));
        client.Refuse(new DeleteRequest("/b"), ErrorCode.NoNode);
        // It is open again, and nobody knows.
        _run.Wait(closing.Session.Timeout);
        _run.AppendClosing(closing.Session.Id);
        _run.AssertKept();
    }

    [Fact]
    public void A_write_of_which_its_client_does_not_know_that_it_was_lost_is_done_once_when_it_is_sent_again()
    {
        var client = _run.Open();
        long kept = _run.LastZxid;
        var create = new CreateRequest("/a", "");
        var lost = client.Ask(create, 1);
        client.Log(lost);
        client.Acknowledge(lost);
        _run.Lose(kept);
        client.Reconnect();
        var again = client.Ask(create, 1);
        client.Log(again);
        client.Acknowledge(again);
        _run.AssertKept();
    }

    [Fact]
    public void What_was_not_lost_must_not_be_missing()
    {
        var client = _run.Open("/a");
        long missing = client.Do(new SetDataRequest("/a", "1")).Answer!.Zxid;
        long kept = client.Do(new SetDataRequest("/a", "2")).Answer!.Zxid;
        client.Do(new SetDataRequest("/a", "3"));
        _run.Lose(kept);
        _run.Forget(missing);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void What_was_never_there_cannot_have_been_lost()
    {
        var client = _run.Open("/a");
        long kept = _run.LastZxid;
        long missing = client.Do(new SetDataRequest("/a", "1")).Answer!.Zxid;
        client.Do(new SetDataRequest("/a", "2"));
        _run.Forget(missing);
        _run.Lose(kept);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void A_silo_serves_on_what_was_lost()
    {
        var client = _run.Open("/a");
        long kept = _run.LastZxid;
        client.Do(new SetDataRequest("/a", "lost"));
        var read = client.Read(ReadKind.Data, "/a").Answer!;
        _run.Lose(kept);
        client.Answer(client.Ask(new ReadRequest(ReadKind.Data, "/a")), read);
        _run.AssertBroken<WhatIsLostIsNotServed>();
    }

    [Fact]
    public void A_silo_shows_what_was_lost_to_who_comes_afterwards()
    {
        var client = _run.Open("/a");
        long kept = _run.LastZxid;
        client.Do(new SetDataRequest("/a", "lost"));
        var read = client.Read(ReadKind.Data, "/a").Answer!;
        _run.Lose(kept);
        client.Reconnect();
        client.Answer(client.Ask(new ReadRequest(ReadKind.Data, "/a")), read);
        _run.AssertBroken<ReadsShowOneState>();
    }

    [Fact]
    public void A_session_that_was_lost_is_taken()
    {
        long kept = _run.Open("/a").Do(new SetDataRequest("/a", "1")).Answer!.Zxid;
        var client = _run.Open();
        _run.Lose(kept);
        client.Session.Connections.Add(new ConnectionHistory(client.Session, 1, "handwritten"));
        client.Ping();
        _run.AssertBroken<WhatIsLostIsNotServed>();
    }

    [Fact]
    public void A_session_is_shown_less_than_before_the_loss()
    {
        var client = _run.Open("/a");
        long kept = _run.LastZxid;
        var before = client.Read(ReadKind.Data, "/a").Answer!;
        client.Do(new SetDataRequest("/a", "lost"));
        _run.Lose(kept);
        client.Reconnect();
        client.Answer(client.Ask(new ReadRequest(ReadKind.Data, "/a")), before);
        _run.AssertBroken<SessionsNeverGoBack>();
    }
}
