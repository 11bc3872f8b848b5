using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories in which a promise about numbered writes is broken, and which the checker must find out.</summary>
public sealed class BrokenNumberedWritesTests
{
    private static readonly CreateRequest s_create = new("/a/s-", "", CreateMode.PersistentSequential);
    private static readonly SetDataRequest s_set = new("/a", "1");

    private readonly HandwrittenRun _run = new();
    private readonly HandwrittenClient _client;

    public BrokenNumberedWritesTests() => _client = _run.Open("/a");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_is_done_again_when_it_is_sent_again(bool isAcknowledged)
    {
        _client.Log(_client.Ask(s_set, 1));
        _client.Reconnect();
        var again = _client.Ask(s_set, 1);
        _client.Log(again);
        if (isAcknowledged)
            _client.Acknowledge(again);
        AssertBroken();
    }

    [Fact]
    public void A_write_is_done_again_without_its_number()
    {
        _client.Log(_client.Ask(s_set, 1));
        _client.Reconnect();
        var again = _client.Ask(s_set, 1);
        _run.Append(_client.Session.Id, again.Xid, batch => batch.WriteSetData("/a"u8, "1"u8.ToArray(), 2));
        AssertBroken();
        _run.AssertBroken<NothingStandsUnasked>();
    }

    [Fact]
    public void A_number_is_not_taken_where_the_format_lets_it()
    {
        _client.Answer(_client.Ask(s_set, 1), new Answer(ErrorCode.Unimplemented, _run.LastZxid, 0));
        _run.AssertBroken<RefusalsAreTrue>();
    }

    [Fact]
    public void The_second_answer_names_another_znode()
    {
        var first = _client.Ask(s_create, 1);
        _client.Log(first);
        _client.Acknowledge(first);
        _client.Reconnect();
        _client.Answer(_client.Ask(s_create, 1), first.Answer! with { Path = "/a/s-0000000001" });
        AssertBroken();
    }

    [Fact]
    public void The_second_answer_has_the_zxid_of_what_was_done_since()
    {
        var first = _client.Ask(s_set, 1);
        _client.Log(first);
        _client.Acknowledge(first);
        var since = _client.Do(s_set);
        _client.Reconnect();
        _client.Answer(_client.Ask(s_set, 1), since.Answer!);
        AssertBroken();
    }

    [Fact]
    public void The_only_answer_that_arrives_tells_of_what_was_done_since()
    {
        _client.Log(_client.Ask(s_set, 1));
        var since = _client.Do(s_set);
        _client.Reconnect();
        _client.Answer(_client.Ask(s_set, 1), since.Answer!);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    [Fact]
    public void A_write_that_was_done_is_refused_when_it_is_sent_again()
    {
        var create = new CreateRequest("/a/b", "");
        _client.Log(_client.Ask(create, 1));
        _client.Reconnect();
        _client.Answer(_client.Ask(create, 1), new(ErrorCode.NodeExists, _run.LastZxid, 0));
        AssertBroken();
    }

    [Fact]
    public void A_write_that_was_done_is_said_to_have_been_refused()
    {
        _client.Log(_client.Ask(s_set, 1));
        _client.Log(_client.Ask(s_set, 2));
        _client.Reconnect();
        _client.Answer(_client.Ask(s_set, 1), new(ErrorCode.WasRefused, _run.LastZxid, 0));
        AssertBroken();
    }

    [Fact]
    public void A_write_is_said_to_have_been_refused_that_none_has_overtaken()
    {
        _client.Ask(s_set, 1);
        _client.Reconnect();
        _client.Answer(_client.Ask(s_set, 1), new(ErrorCode.WasRefused, _run.LastZxid, 0));
        AssertBroken();
    }

    [Fact]
    public void Numbers_change_places()
    {
        _client.Log(_client.Ask(s_set, 2));
        _client.Log(_client.Ask(s_set, 1));
        AssertBroken();
    }

    [Fact]
    public void An_acknowledged_write_is_lost()
    {
        _client.Ask(s_set, 1);
        _client.Reconnect();
        var again = _client.Ask(s_set, 1);
        _client.Log(again);
        _client.Acknowledge(again);
        _run.Forget(again.Answer!.Zxid);
        _run.AssertBroken<AcknowledgedWritesStandOnce>();
    }

    private void AssertBroken() => _run.AssertBroken<NumberedWritesAreDoneOnce>();
}
