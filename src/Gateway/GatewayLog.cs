using System.Net;
using Microsoft.Extensions.Logging;

namespace Coordination.Gateway;

/// <summary>What the gateway tells the operator.</summary>
public sealed partial class GatewayLog(ILogger<GatewayLog> logger)
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remote} is shut out: {Reason}")]
    internal partial void ShutOut(EndPoint? remote, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Session 0x{Session:x} does not read its answers: over {Bytes} bytes wait, so its connection is closed")]
    internal partial void NeverReads(long session, int bytes);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Remote} has seen zxid 0x{Seen:x}, this silo only 0x{Last:x}: it must try another")]
    internal partial void AheadOfUs(EndPoint? remote, long seen, long last);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Remote} attached session 0x{Session:x} for {Timeout} ms")]
    internal partial void Attached(EndPoint? remote, long session, int timeout);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Remote} has session 0x{Session:x}, read-only, for {Timeout} ms")]
    internal partial void AttachedReadOnly(EndPoint? remote, long session, int timeout);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remote} is not let in by TLS: {Reason}")]
    internal partial void HandshakeFailed(EndPoint? remote, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificates of the secure client port have changed and are in use")]
    internal partial void CertificatesRead();

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The certificates of the secure client port have changed but cannot be used, so those from before are: {Reason}")]
    internal partial void CertificatesUnusable(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What a watch is to be told cannot be read, so its connection is closed")]
    internal partial void WatchFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The connection of {Remote} failed")]
    internal partial void Failed(Exception e, EndPoint? remote);
}
