namespace Coordination.Protocol;

/// <summary>One entry of a znode's access control list: what an identity may do.</summary>
/// <param name="Permissions">What it allows.</param>
/// <param name="Identity">Whom it allows it.</param>
public readonly record struct Acl(Permissions Permissions, Identity Identity)
{
    /// <summary>Everybody may do everything: <c>OPEN_ACL_UNSAFE</c>.</summary>
    public static Acl Open { get; } = new(Permissions.All, Identity.Anyone);

    /// <summary>Everybody may read: <c>READ_ACL_UNSAFE</c>.</summary>
    public static Acl ReadOnly { get; } = new(Permissions.Read, Identity.Anyone);
}
