using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>Closes the session; its next step opens another.</summary>
internal sealed record CloseRequest(int Session) : Request(Session)
{
    public override bool MayTellOthers => true;

    // The silo's reply bears the zxid that it is at, which may be a later one.
    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) =>
        ReadAsync(client.CloseSessionAsync(), side, static (_, _) => { });

    public override async Task PlayAsync(Side side)
    {
        await base.PlayAsync(side);
        await side.ForgetAsync(Session);
    }

    public override string ToString() => "closeSession";
}
