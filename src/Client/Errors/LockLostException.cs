using System.Globalization;
using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What was to be done under a lock was not done: the lock was not held where and when it would have been.</summary>
/// <param name="path">The lock's znode.</param>
/// <param name="fencingToken">The zxid that created it.</param>
public sealed class LockLostException(string path, long fencingToken) : CoordinationException(
    ErrorCode.NoNode, "check", path, string.Create(CultureInfo.InvariantCulture, $"the znode that 0x{fencingToken:x} has created"),
    "none, or another")
{
    /// <summary>The zxid that created the lock's znode.</summary>
    public long FencingToken { get; } = fencingToken;
}
