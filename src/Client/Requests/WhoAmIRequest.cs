using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Asks whom the connection has authenticated as.</summary>
internal sealed class WhoAmIRequest : PendingRequest<IReadOnlyList<Identity>>
{
    private const int LeastIdentityLength = 8;

    internal override string Name => "whoAmI";

    internal override OperationCode Operation => OperationCode.WhoAmI;

    internal override bool IsRead => true;

    protected override void WriteBody(JuteBuffer buffer)
    {
    }

    protected override IReadOnlyList<Identity> Read(ErrorCode error, ref JuteReader body)
    {
        var identities = new Identity[body.ReadCount(LeastIdentityLength)];
        for (int i = 0; i < identities.Length; i++)
            identities[i] = new Identity(body.ReadString(), body.ReadString());
        return identities;
    }
}
