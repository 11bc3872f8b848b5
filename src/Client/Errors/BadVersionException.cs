using System.Globalization;
using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>The znode has another version than the one that the request rests on: somebody else has changed it.</summary>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path.</param>
/// <param name="expectedVersion">The version that the request named.</param>
public sealed class BadVersionException(string operation, string? path, int expectedVersion) : CoordinationException(
    ErrorCode.BadVersion, operation, path, string.Create(CultureInfo.InvariantCulture, $"version {expectedVersion}"), "another")
{
    /// <summary>The version that the request named.</summary>
    public int ExpectedVersion { get; } = expectedVersion;
}
