using Orleans;

namespace Coordination.Grains;

/// <summary>An operation failed for one of ZooKeeper's reasons.</summary>
[GenerateSerializer]
[Alias("Coordination.ZnodeException")]
public sealed class ZnodeException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">ZooKeeper's code.</param>
    /// <param name="path">The znode, or what else the operation was on.</param>
    /// <param name="zxid">As of which zxid that is so; 0 where it rests on none.</param>
    public ZnodeException(ErrorCode code, string path, long zxid = 0)
        : base($"{code}: {path}")
    {
        Code = code;
        Path = path;
        Zxid = zxid;
    }

    /// <summary>Makes the exception, and says more of the reason than its code does.</summary>
    /// <param name="code">ZooKeeper's code.</param>
    /// <param name="path">The znode, or what else the operation was on.</param>
    /// <param name="reason">The reason.</param>
    public ZnodeException(ErrorCode code, string path, string reason)
        : base($"{code}: {path}: {reason}")
    {
        Code = code;
        Path = path;
    }

    /// <summary>ZooKeeper's code.</summary>
    [Id(0)]
    public ErrorCode Code { get; }

    /// <summary>The znode, or what else the operation was on.</summary>
    [Id(1)]
    public string Path { get; }

    /// <summary>As of which zxid that is so: whoever was told has seen as much. 0 where it rests on none.</summary>
    [Id(2)]
    public long Zxid { get; }
}
