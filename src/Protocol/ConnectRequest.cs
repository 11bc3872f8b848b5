namespace Coordination.Protocol;

/// <summary>The first frame of a connection: opens a session or re-attaches to one.</summary>
/// <param name="LastZxidSeen">The highest zxid that the client has seen.</param>
/// <param name="TimeoutMilliseconds">The session timeout that the client asks for.</param>
/// <param name="SessionId">The session to re-attach to; 0 opens a new one.</param>
/// <param name="Password">The session's password; anything for a new session.</param>
/// <param name="ReadOnly">Whether the client accepts a read-only server; null where an old client did not say.</param>
public readonly record struct ConnectRequest(
    long LastZxidSeen, int TimeoutMilliseconds, long SessionId, byte[] Password, bool? ReadOnly)
{
    /// <summary>Decodes a connect request.</summary>
    /// <exception cref="MalformedRecordException">The record is no connect request.</exception>
    public static ConnectRequest Read(ref JuteReader reader)
    {
        reader.ReadInt(); // the protocol version, which ZooKeeper's server does not look at either
        long lastZxidSeen = reader.ReadLong();
        int timeout = reader.ReadInt();
        long sessionId = reader.ReadLong();
        byte[] password = reader.ReadBufferAsArray() ?? [];
        bool? readOnly = reader.Remaining > 0 ? reader.ReadBool() : null;
        return new ConnectRequest(lastZxidSeen, timeout, sessionId, password, readOnly);
    }

    /// <summary>Encodes the request as a frame, its length in front.</summary>
    public void WriteFrame(JuteBuffer buffer)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        buffer.WriteInt(0);
        buffer.WriteLong(LastZxidSeen);
        buffer.WriteInt(TimeoutMilliseconds);
        buffer.WriteLong(SessionId);
        buffer.WriteBuffer(Password);
        if (ReadOnly is { } readOnly)
            buffer.WriteBool(readOnly);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }
}
