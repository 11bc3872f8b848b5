namespace Coordination.Protocol;

/// <summary>The answer to a connect request.</summary>
/// <param name="TimeoutMilliseconds">The negotiated timeout; 0 tells that the session has expired.</param>
/// <param name="SessionId">The session, or 0.</param>
/// <param name="Password">The 16 bytes that prove who may re-attach.</param>
/// <param name="ReadOnly">Whether the server is read-only; null leaves the field out, for clients that did not send it.</param>
public readonly record struct ConnectResponse(
    int TimeoutMilliseconds, long SessionId, ReadOnlyMemory<byte> Password, bool? ReadOnly)
{
    /// <summary>How long a password is, in bytes.</summary>
    public const int PasswordLength = 16;

    /// <summary>The answer to a client whose session has expired, or whose password is wrong.</summary>
    public static ConnectResponse Expired(bool? readOnly) => new(0, 0, new byte[PasswordLength], readOnly);

    /// <summary>Decodes a connect response.</summary>
    /// <exception cref="MalformedRecordException">The record is no connect response.</exception>
    public static ConnectResponse Read(ref JuteReader reader)
    {
        reader.ReadInt(); // the protocol version, of which there is one
        int timeout = reader.ReadInt();
        long sessionId = reader.ReadLong();
        byte[] password = reader.ReadBufferAsArray() ?? [];
        bool? readOnly = reader.Remaining > 0 ? reader.ReadBool() : null;
        return new ConnectResponse(timeout, sessionId, password, readOnly);
    }

    /// <summary>Encodes the response as a frame, its length in front.</summary>
    public void WriteFrame(JuteBuffer buffer)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        buffer.WriteInt(0);
        buffer.WriteInt(TimeoutMilliseconds);
        buffer.WriteLong(SessionId);
        buffer.WriteBuffer(Password.Span);
        if (ReadOnly is { } readOnly)
            buffer.WriteBool(readOnly);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }
}
