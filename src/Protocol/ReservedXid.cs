namespace Coordination.Protocol;

/// <summary>The xids that are not a client's own count of its requests.</summary>
public static class ReservedXid
{
    /// <summary>A watch event, from server to client.</summary>
    public const int Notification = -1;

    /// <summary>A ping and its answer.</summary>
    public const int Ping = -2;

    /// <summary>An auth packet and its answer.</summary>
    public const int Auth = -4;

    /// <summary>A setWatches or setWatches2 request and its answer.</summary>
    public const int SetWatches = -8;

    /// <summary>What a watch that goes on from a zxid tells, from server to client; ours.</summary>
    public const int Update = -7002;
}
