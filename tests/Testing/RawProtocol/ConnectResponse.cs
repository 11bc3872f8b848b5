namespace Coordination.Testing.RawProtocol;

internal sealed record ConnectResponse(int TimeoutMilliseconds, long SessionId, byte[] Password, bool? ReadOnly)
{
    internal static ConnectResponse Read(ref JuteReader reader)
    {
        int version = reader.ReadInt();
        if (version != 0)
            throw new ProtocolViolationException($"the connect response has the protocol version {version}");
        int timeout = reader.ReadInt();
        long sessionId = reader.ReadLong();
        byte[] password = reader.ReadBuffer() ?? throw new ProtocolViolationException("the session's password is null");
        if (password.Length != 16)
            throw new ProtocolViolationException($"the session's password has {password.Length} bytes");
        return new ConnectResponse(timeout, sessionId, password, reader.Remaining > 0 ? reader.ReadBool() : null);
    }
}
