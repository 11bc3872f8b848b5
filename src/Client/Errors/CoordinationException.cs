using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What was asked of the service was not done, or it is not known whether it was.</summary>
/// <remarks>Errors that a program may want to tell apart have classes of their own; all others are of this one, and
/// their <see cref="Code"/> tells which.</remarks>
public class CoordinationException : Exception
{
    /// <summary>Makes an exception that says what was expected and what was found instead.</summary>
    /// <param name="code">ZooKeeper's code for it.</param>
    /// <param name="operation">What was asked for: <c>create</c>, <c>setData</c>.</param>
    /// <param name="path">The znode's path; null where the request has none.</param>
    /// <param name="expected">What the request rested on; null where there is nothing to say.</param>
    /// <param name="found">What there was instead; null where there is nothing to say.</param>
    /// <param name="innerException">What it was caused by.</param>
    public CoordinationException(
        ErrorCode code, string operation, string? path, string? expected = null, string? found = null,
        Exception? innerException = null)
        : base(Describe(code, operation, path, expected, found), innerException)
    {
        Code = code;
        Operation = operation;
        Path = path;
        Expected = expected;
        Found = found;
    }

    /// <summary>ZooKeeper's code for it.</summary>
    public ErrorCode Code { get; }

    /// <summary>What was asked for: <c>create</c>, <c>setData</c>.</summary>
    public string Operation { get; }

    /// <summary>The znode's path as the caller gave it, without the chroot; null where the request has none.</summary>
    public string? Path { get; }

    /// <summary>What the request rested on, in words; null where there is nothing to say.</summary>
    public string? Expected { get; }

    /// <summary>What there was instead, in words; null where there is nothing to say.</summary>
    public string? Found { get; }

    private static string Describe(ErrorCode code, string operation, string? path, string? expected, string? found)
    {
        string what = path is null ? operation : $"{operation} {path}";
        return (expected, found) switch
        {
            (null, null) => $"{what}: {code}",
            (null, _) => $"{what}: {code}, found {found}",
            (_, null) => $"{what}: {code}, expected {expected}",
            _ => $"{what}: {code}, expected {expected}, found {found}",
        };
    }
}
