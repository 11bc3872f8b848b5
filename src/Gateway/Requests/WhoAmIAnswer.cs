using Coordination.Engine.Security;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Whom a connection has authenticated as: whoAmI.</summary>
internal static class WhoAmIAnswer
{
    public static void WriteFrame(JuteBuffer buffer, int xid, long zxid, ReadOnlySpan<Identity> identities)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(xid, zxid, ErrorCode.Ok).Write(buffer);
        buffer.WriteInt(identities.Length);
        foreach (var identity in identities)
        {
            buffer.WriteString(identity.Scheme);
            buffer.WriteString(UserOf(identity));
        }
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }

    // A digest's name without what its password proves.
    private static string UserOf(Identity identity) =>
        identity.Scheme == AuthenticationScheme.Digest ? identity.Id.Split(':', 2)[0] : identity.Id;
}
