using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>Creates a znode.</summary>
/// <param name="path">The absolute path in UTF-8; of a sequential znode, without its suffix.</param>
/// <param name="data">The data, which may be null.</param>
/// <param name="acls">The ACL, which must not be empty.</param>
/// <param name="flags">A <see cref="CreateMode"/>, as the client sent it.</param>
/// <param name="returnsStat">Whether the client asked for the new Stat: create2.</param>
public sealed class CreateOperation(byte[] path, byte[]? data, Acl[] acls, int flags, bool returnsStat) : WriteOperation
{
    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>The data, which may be null.</summary>
    public byte[]? Data { get; } = data;

    /// <summary>The ACL as the client sent it.</summary>
    public Acl[] Acls { get; } = acls;

    /// <summary>A <see cref="CreateMode"/>, as the client sent it.</summary>
    public int Flags { get; } = flags;

    /// <summary>Whether the client asked for the new Stat.</summary>
    public bool ReturnsStat { get; } = returnsStat;

    /// <summary>Whether it is to be a container, whatever the mode: createContainer.</summary>
    public bool IsContainer { get; init; }

    /// <summary>The time to live in milliseconds, as the client sent it; null where the operation has none.</summary>
    public long? TimeToLive { get; init; }
}
