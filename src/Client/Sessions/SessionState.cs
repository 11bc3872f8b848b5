namespace Coordination.Client;

/// <summary>How a client stands to the service.</summary>
public enum SessionState
{
    /// <summary>There is no session yet, or none any more, and one is being opened.</summary>
    Connecting,

    /// <summary>The session is attached to a server.</summary>
    Connected,

    /// <summary>A server answers that can only be read; see <see cref="CoordinationClientOptions.AllowReadOnly"/>. Writes fail
    /// with <see cref="ReadOnlyServerException"/>, and the session, where there is one, is not kept alive.</summary>
    ConnectedReadOnly,

    /// <summary>Contact is lost. The session, and what is bound to it, still stands.</summary>
    Disconnected,

    /// <summary>The session has ended, or must be taken for ended; another one is opened next.</summary>
    Expired,

    /// <summary>The server refused the client's credentials; it does not try again.</summary>
    AuthenticationFailed,

    /// <summary>The client was disposed of.</summary>
    Closed,
}
