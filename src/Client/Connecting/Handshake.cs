using Coordination.Client.Errors;
using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>What is said on a new connection before the first ordinary request: each step waits for its answer.</summary>
internal static class Handshake
{
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Opens or attaches a session.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection: it does not serve, or is behind what this
    /// client has seen.</exception>
    internal static async Task<ConnectResponse> AttachAsync(
        ITransportConnection transport, ConnectRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new JuteBuffer();
        request.WriteFrame(buffer);
        await transport.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        byte[] answer = await Frames.ReadAsync(transport.Input, LongestAnswer, cancellationToken).ConfigureAwait(false);
        return Decode(answer);
    }

    /// <summary>Closes the session that was just attached.</summary>
    internal static async Task CloseAsync(ITransportConnection transport, CancellationToken cancellationToken)
    {
        using var buffer = new JuteBuffer();
        buffer.WriteInt(8);
        buffer.WriteInt(1);
        buffer.WriteInt((int)OperationCode.CloseSession);
        await transport.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await Frames.ReadAsync(transport.Input, LongestAnswer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Logs in by SASL.</summary>
    /// <exception cref="AuthenticationFailedException">The server refused, or did not prove that it knows the password
    /// itself.</exception>
    internal static async Task LogInAsync(ITransportConnection transport, SaslCredential sasl, CancellationToken cancellationToken)
    {
        var login = new DigestMd5Login(sasl);
        byte[] token = [];
        for (int xid = 1; !login.IsProved; xid++)
        {
            byte[] answer = await ExchangeAsync(transport, xid, token, cancellationToken).ConfigureAwait(false);
            token = login.Respond(answer);
        }
    }

    private static async Task<byte[]> ExchangeAsync(
        ITransportConnection transport, int xid, byte[] token, CancellationToken cancellationToken)
    {
        using var buffer = new JuteBuffer();
        buffer.WriteInt(12 + token.Length);
        buffer.WriteInt(xid);
        buffer.WriteInt((int)OperationCode.Sasl);
        buffer.WriteBuffer(token.AsSpan());
        await transport.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        byte[] answer = await Frames.ReadAsync(transport.Input, LongestAnswer, cancellationToken).ConfigureAwait(false);
        return DecodeToken(answer);
    }

    private static ConnectResponse Decode(byte[] answer)
    {
        var reader = new JuteReader(answer);
        return ConnectResponse.Read(ref reader);
    }

    private static byte[] DecodeToken(byte[] answer)
    {
        var reader = new JuteReader(answer);
        var header = ReplyHeader.Read(ref reader);
        if (header.Error is ErrorCode.AuthFailed or ErrorCode.SessionClosedRequireSaslAuth)
            throw new AuthenticationFailedException("sasl", "the server refused");
        if (header.Error != ErrorCode.Ok)
            throw ServerError.ToException(header.Error, "sasl", null);
        return reader.ReadBufferAsArray()
            ?? throw new AuthenticationFailedException("sasl", "the server knows no SASL");
    }
}
