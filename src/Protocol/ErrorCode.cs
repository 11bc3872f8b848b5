namespace Coordination.Protocol;

/// <summary>ZooKeeper's error codes, as they stand in a reply's header.</summary>
/// <remarks>Clients refuse codes that they do not know, so there are no others than ZooKeeper's, but for answers to
/// our own extensions.</remarks>
public enum ErrorCode
{
    /// <summary>No error.</summary>
    Ok = 0,

    /// <summary>The server failed in a way that the request did not cause.</summary>
    SystemError = -1,

    /// <summary>In the results of a failed multi: an operation after the one that failed.</summary>
    RuntimeInconsistency = -2,

    /// <summary>The data is inconsistent.</summary>
    DataInconsistency = -3,

    /// <summary>The connection is lost; never sent by a server.</summary>
    ConnectionLoss = -4,

    /// <summary>The request's record could not be decoded.</summary>
    MarshallingError = -5,

    /// <summary>The operation is not one that the server knows.</summary>
    Unimplemented = -6,

    /// <summary>The operation took too long.</summary>
    OperationTimeout = -7,

    /// <summary>An argument is not acceptable: a bad path, an unknown create mode, a znode that cannot be deleted.</summary>
    BadArguments = -8,

    /// <summary>The session is not known.</summary>
    UnknownSession = -12,

    /// <summary>The znode does not exist.</summary>
    NoNode = -101,

    /// <summary>The session's identities are not allowed to do this.</summary>
    NoAuth = -102,

    /// <summary>The expected version is not the znode's.</summary>
    BadVersion = -103,

    /// <summary>An ephemeral znode cannot have children.</summary>
    NoChildrenForEphemerals = -108,

    /// <summary>The znode exists already.</summary>
    NodeExists = -110,

    /// <summary>The znode has children.</summary>
    NotEmpty = -111,

    /// <summary>The session has expired or was closed.</summary>
    SessionExpired = -112,

    /// <summary>The ACL is empty, malformed, or names an unknown scheme.</summary>
    InvalidAcl = -114,

    /// <summary>Authentication failed; the connection is closed after it.</summary>
    AuthFailed = -115,

    /// <summary>The session has moved to another connection.</summary>
    SessionMoved = -118,

    /// <summary>A write was sent to a read-only server.</summary>
    NotReadOnly = -119,

    /// <summary>No watch of that kind is set.</summary>
    NoWatcher = -121,

    /// <summary>The request took too long.</summary>
    RequestTimeout = -122,

    /// <summary>The ensemble cannot be changed by a client.</summary>
    ReconfigDisabled = -123,

    /// <summary>The connection has not authenticated as the server demands; it is closed after this.</summary>
    SessionClosedRequireSaslAuth = -124,

    /// <summary>A quota, or the server's own hard memory limit, refuses the write.</summary>
    QuotaExceeded = -125,

    /// <summary>The server is overloaded and did not carry out the request.</summary>
    ThrottledOperation = -127,

    /// <summary>The request is one that needs more than the server does at once; nothing was done. Only in answers to our
    /// own extensions.</summary>
    LimitExceeded = -7001,

    /// <summary>What was asked for as of a zxid is not known any more. Only in answers to our own extensions.</summary>
    HistoryLost = -7002,

    /// <summary>A write that was sent again was refused the first time, and why is not known any more; it is not done. Only in
    /// answers to our own extensions.</summary>
    WasRefused = -7003,
}
