namespace Coordination.Protocol;

/// <summary>What an ACL entry allows; <c>ZooDefs.Perms</c>.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading the data and listing the children.</summary>
    Read = 1,

    /// <summary>Writing the data.</summary>
    Write = 2,

    /// <summary>Creating children.</summary>
    Create = 4,

    /// <summary>Deleting children.</summary>
    Delete = 8,

    /// <summary>Writing the ACL.</summary>
    Admin = 16,

    /// <summary>Everything.</summary>
    All = 31,
}
