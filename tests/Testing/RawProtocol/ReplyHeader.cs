namespace Coordination.Testing.RawProtocol;

internal readonly record struct ReplyHeader(int Xid, long Zxid, ErrorCode Error)
{
    internal static ReplyHeader Read(ref JuteReader reader)
    {
        int xid = reader.ReadInt();
        long zxid = reader.ReadLong();
        int error = reader.ReadInt();
        if (!Enum.IsDefined((ErrorCode)error))
            throw new ProtocolViolationException($"the reply to xid {xid} bears the unknown error {error}");
        return new ReplyHeader(xid, zxid, (ErrorCode)error);
    }
}
