using Coordination.Client.Connecting;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Asks a server for the extensions that it has. One that has none of it answers that there is no such znode.</summary>
internal sealed class ExtensionsRequest : PendingRequest<ServerExtensions>
{
    /// <summary>The xid of the question that goes with the opening of a session: before all requests.</summary>
    internal const int OpeningXid = 0;

    internal override string Name => "getData";

    internal override OperationCode Operation => OperationCode.GetData;

    internal override bool IsRead => true;

    internal override bool IsOfConnection => true;

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteString(ExtensionList.Path);
        buffer.WriteBool(false);
    }

    // Whatever the reason for which it does not tell.
    protected override bool IsResult(ErrorCode error) => true;

    protected override ServerExtensions Read(ErrorCode error, ref JuteReader body) => ServerExtensions.Read(error, ref body);
}
