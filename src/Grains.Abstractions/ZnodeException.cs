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
    public ZnodeException(ErrorCode code, string path)
        : base($"{code}: {path}")
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
}
