using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal sealed record AuthenticateRequest(int Session, string Scheme, string? Credentials) : Request(Session)
{
    public override bool MayTellOthers => true;

    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) =>
        ReadAsync(client.AuthenticateAsync(Scheme, Credentials), side, static (_, _) => { });

    public override string ToString() => $"auth {Scheme} {Credentials ?? "null"}";
}
