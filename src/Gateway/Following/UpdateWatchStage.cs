namespace Coordination.Gateway.Following;

/// <summary>How far a watch that goes on from a zxid is.</summary>
internal enum UpdateWatchStage
{
    /// <summary>It has more to tell than it can be told as it happens, and reads the log again.</summary>
    Behind,

    /// <summary>It reads the log, and keeps what is applied meanwhile.</summary>
    Joining,

    /// <summary>It is told of each entry as it is applied.</summary>
    Live,

    /// <summary>It is told of nothing more.</summary>
    Ended,
}
