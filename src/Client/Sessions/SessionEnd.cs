namespace Coordination.Client;

/// <summary>Why a session is over.</summary>
public enum SessionEnd
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A server said so: its ephemeral znodes are deleted.</summary>
    ServerSaidSo,

    /// <summary>No server was heard for the session's timeout, by this client's own clock, so that servers may have ended
    /// it. It is not attached to again, and closed as soon as a server can be reached.</summary>
    OwnClock,

    /// <summary>The client was disposed of.</summary>
    Closed,

    /// <summary>The client's credentials were refused.</summary>
    AuthenticationFailed,
}
