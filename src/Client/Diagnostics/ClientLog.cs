using Microsoft.Extensions.Logging;

namespace Coordination.Client.Diagnostics;

/// <summary>What a client tells the operator.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Session 0x{Session:x} is opened at {Server}, with a timeout of {Timeout}")]
    internal partial void Opened(long session, ServerAddress server, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session 0x{Session:x} is attached to {Server}, with a timeout of {Timeout}")]
    internal partial void Attached(long session, ServerAddress server, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} can only be read; one that writes is looked for")]
    internal partial void AttachedReadOnly(ServerAddress server);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Server} cannot be connected to: {Reason}")]
    internal partial void NotConnected(ServerAddress server, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No server can be connected to, {Server} least of all: {Reason}. They are tried again in {Delay}")]
    internal partial void NoneConnected(ServerAddress server, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session 0x{Session:x} has lost its connection to {Server}: {Reason}")]
    internal partial void Lost(long session, ServerAddress server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session 0x{Session:x} has ended: {End}")]
    internal partial void Ended(long session, SessionEnd end);

    [LoggerMessage(Level = LogLevel.Error, Message = "The client is not let in and gives up: {Reason}")]
    internal partial void NotLetIn(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A watcher has thrown an exception")]
    internal partial void WatcherFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener to session states has thrown an exception")]
    internal partial void ListenerFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The client has failed for a reason of its own")]
    internal partial void Failed(Exception exception);
}
