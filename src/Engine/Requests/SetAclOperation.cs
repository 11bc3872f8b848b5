using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>Sets a znode's ACL.</summary>
/// <param name="path">The absolute path in UTF-8.</param>
/// <param name="acls">The ACL, which must not be empty.</param>
/// <param name="version">The aversion that the znode must have; -1 for any.</param>
public sealed class SetAclOperation(byte[] path, Acl[] acls, int version) : WriteOperation
{
    /// <summary>The absolute path in UTF-8.</summary>
    public byte[] Path { get; } = path;

    /// <summary>The ACL as the client sent it.</summary>
    public Acl[] Acls { get; } = acls;

    /// <summary>The aversion that the znode must have; -1 for any.</summary>
    public int Version { get; } = version;
}
