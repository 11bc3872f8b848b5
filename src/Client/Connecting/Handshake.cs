using Coordination.Client.Errors;
using Coordination.Client.Requests;
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

    /// <summary>Opens a session, authenticates, and finds out which extensions the servers have: but for a SASL login, all
    /// of it goes out at once.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="request">The first frame.</param>
    /// <param name="sasl">Whom to log in as by SASL; null for nobody.</param>
    /// <param name="credentials">Whom the connection is to be authenticated as besides.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EndOfStreamException">The server closed the connection: it does not serve, or is behind what this
    /// client has seen.</exception>
    /// <exception cref="AuthenticationFailedException">A credential was refused.</exception>
    internal static async Task<(ConnectResponse Response, ServerExtensions? Extensions)> OpenAsync(
        ITransportConnection transport, ConnectRequest request, SaslCredential? sasl, IReadOnlyList<Credential> credentials,
        CancellationToken cancellationToken)
    {
        using var buffer = new JuteBuffer();
        request.WriteFrame(buffer);
        if (sasl is null)
            WriteGreeting(buffer, credentials);
        await transport.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        byte[] answer = await Frames.ReadAsync(transport.Input, LongestAnswer, cancellationToken).ConfigureAwait(false);
        var response = Decode(answer);
        if (response.TimeoutMilliseconds <= 0)
            return (response, ServerExtensions.None);
        if (sasl is not null)
        {
            await LogInAsync(transport, sasl, cancellationToken).ConfigureAwait(false);
            buffer.Truncate(0);
            WriteGreeting(buffer, credentials);
            await transport.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        var extensions = await ReadGreetingAsync(transport, credentials.Count, cancellationToken).ConfigureAwait(false);
        return (response, extensions);
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

    private static void WriteGreeting(JuteBuffer buffer, IReadOnlyList<Credential> credentials)
    {
        foreach (var credential in credentials)
            new AuthRequest(credential, isOfConnection: true).WriteFrame(buffer, ReservedXid.Auth);
        // Behind them: a server may serve nobody who has not authenticated.
        new ExtensionsRequest().WriteFrame(buffer, ExtensionsRequest.OpeningXid);
    }

    private static async Task<ServerExtensions> ReadGreetingAsync(
        ITransportConnection transport, int auths, CancellationToken cancellationToken)
    {
        ServerExtensions? extensions = null;
        while (extensions is null || auths > 0)
        {
            byte[] answer = await Frames.ReadAsync(transport.Input, LongestAnswer, cancellationToken).ConfigureAwait(false);
            if (!TryTakeExtensions(answer, ref extensions))
                auths--;
        }
        return extensions;
    }

    // False for the answer to an auth packet.
    private static bool TryTakeExtensions(byte[] answer, ref ServerExtensions? extensions)
    {
        var reader = new JuteReader(answer);
        var header = ReplyHeader.Read(ref reader);
        if (header.Xid == ReservedXid.Auth)
            return header.Error == ErrorCode.Ok ? false : throw ServerError.ToException(header.Error, "auth", null);
        if (header.Xid != ExtensionsRequest.OpeningXid || extensions is not null)
            throw new MalformedRecordException($"an answer with xid {header.Xid}, where nothing was asked");
        extensions = ServerExtensions.Read(header.Error, ref reader);
        return true;
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
