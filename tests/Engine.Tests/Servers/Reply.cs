using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>What a client is told in answer to a call.</summary>
internal sealed record Reply(ErrorCode Error, long Zxid)
{
    public string? Path { get; init; }

    public Stat? Stat { get; init; }

    public bool HasData { get; init; }

    public byte[]? Data { get; init; }

    public string[]? Children { get; init; }

    public Acl[]? Acls { get; init; }

    /// <summary>The results of a multi, in the order of its operations.</summary>
    public Reply[]? Results { get; init; }

    /// <summary>The first of a block of numbers.</summary>
    public long? FirstNumber { get; init; }
}
