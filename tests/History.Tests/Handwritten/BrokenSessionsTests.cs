using Coordination.History.Tests.Promises;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>Histories in which a promise about sessions is broken, and which the checker must find out.</summary>
public sealed class BrokenSessionsTests
{
    private readonly HandwrittenRun _run = new();

    [Fact]
    public void An_ephemeral_outlives_its_session()
    {
        var client = _run.Open();
        client.Do(new CreateRequest("/e", "", CreateMode.Ephemeral));
        client.Close();
        _run.AssertBroken<EphemeralsLiveWithTheirSession>();
    }

    [Fact]
    public void A_session_takes_along_what_is_not_its_own()
    {
        var client = _run.Open("/p");
        client.Close("/p");
        _run.AssertBroken<EphemeralsLiveWithTheirSession>();
    }

    [Fact]
    public void A_write_gets_in_behind_the_end_of_its_session()
    {
        var client = _run.Open("/a");
        var late = client.Ask(new SetDataRequest("/a", "1"));
        client.Close();
        client.Log(late);
        _run.AssertBroken<EphemeralsLiveWithTheirSession>();
    }

    [Fact]
    public void A_session_expires_whose_client_was_heard()
    {
        var client = _run.Open();
        _run.Wait(client.Session.Timeout);
        client.Ping();
        _run.AppendClosing(client.Session.Id);
        _run.AssertBroken<SessionsEndForAReason>();
    }

    [Fact]
    public void A_client_is_told_that_its_session_has_expired_which_is_open()
    {
        _run.Open().Session.ToldExpiredAt = _run.Step();
        _run.AssertBroken<SessionsEndForAReason>();
    }

    [Fact]
    public void A_session_stays_whose_client_is_gone()
    {
        _run.Open().Session.IsAbandoned = true;
        _run.AssertBroken<SessionsEndForAReason>();
    }
}
