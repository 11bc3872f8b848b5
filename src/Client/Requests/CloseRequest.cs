using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Closes the session.</summary>
internal sealed class CloseRequest : PendingRequest<Nothing>
{
    internal override string Name => "closeSession";

    internal override OperationCode Operation => OperationCode.CloseSession;

    protected override void WriteBody(JuteBuffer buffer)
    {
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;
}
