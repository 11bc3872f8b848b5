using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Adds an identity to the connection.</summary>
/// <param name="credential">The identity.</param>
/// <param name="isOfConnection">Whether it is one that every connection begins with.</param>
internal sealed class AuthRequest(Credential credential, bool isOfConnection) : PendingRequest<Nothing>
{
    internal override string Name => "auth";

    internal override OperationCode Operation => OperationCode.Auth;

    // It changes nothing but the connection, and a new one has to be told anew.
    internal override bool IsRead => true;

    internal override bool IsOfConnection => isOfConnection;

    internal override int FixedXid => ReservedXid.Auth;

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteInt(0); // the type, which no server looks at
        buffer.WriteString(credential.Scheme);
        buffer.WriteBuffer(credential.Data.Span);
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;
}
