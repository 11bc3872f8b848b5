using Coordination.Protocol;

namespace Coordination.Engine.Security;

/// <summary>Who may do what, and which ACLs may be set: <c>checkACL</c> and <c>fixupACL</c> of ZooKeeper.</summary>
public static class AccessRules
{
    /// <summary>Whether an ACL lets a caller do something.</summary>
    /// <param name="acls">The znode's ACL.</param>
    /// <param name="needed">What is to be done; one of several permissions is enough.</param>
    /// <param name="identities">Whom the caller has authenticated as.</param>
    public static bool Allows(ReadOnlySpan<Acl> acls, Permissions needed, ReadOnlySpan<Identity> identities)
    {
        if (acls.IsEmpty)
            return true;
        foreach (var identity in identities)
        {
            if (identity.Scheme == AuthenticationScheme.Super)
                return true;
        }
        foreach (var acl in acls)
        {
            if ((acl.Permissions & needed) == 0)
                continue;
            if (acl.Identity == Identity.Anyone)
                return true;
            foreach (var identity in identities)
            {
                if (identity.Scheme == acl.Identity.Scheme
                    && AuthenticationScheme.Matches(identity.Scheme, identity.Id, acl.Identity.Id))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Brings an ACL that a client sent into the form in which it is kept.</summary>
    /// <param name="acls">What the client sent.</param>
    /// <param name="identities">Whom the caller has authenticated as: what <c>auth</c> stands for.</param>
    /// <param name="result">Without duplicates, <c>auth</c> replaced.</param>
    /// <returns>Ok; InvalidAcl where the ACL is not one to be set, and MarshallingError for the null id under a scheme that
    /// would look at it.</returns>
    public static ErrorCode Normalize(Acl[] acls, ReadOnlySpan<Identity> identities, out Acl[] result)
    {
        if (acls is [var single] && single.Identity == Identity.Anyone)
        {
            result = acls;
            return ErrorCode.Ok;
        }
        result = [];
        var normalized = new List<Acl>(acls.Length);
        foreach (var acl in acls.Distinct())
        {
            if (acl.Identity == Identity.Anyone)
            {
                normalized.Add(acl);
            }
            else if (acl.Identity.Scheme == AuthenticationScheme.Auth)
            {
                int before = normalized.Count;
                foreach (var identity in identities)
                {
                    if (AuthenticationScheme.IsAuthenticated(identity.Scheme))
                        normalized.Add(acl with { Identity = identity });
                }
                if (normalized.Count == before)
                    return ErrorCode.InvalidAcl;
            }
            else if (acl.Identity.Id is null)
            {
                return AuthenticationScheme.IsKnownInAcl(acl.Identity.Scheme)
                    ? ErrorCode.MarshallingError : ErrorCode.InvalidAcl;
            }
            else if (AuthenticationScheme.IsValidInAcl(acl.Identity.Scheme, acl.Identity.Id))
            {
                normalized.Add(acl);
            }
            else
            {
                return ErrorCode.InvalidAcl;
            }
        }
        if (normalized.Count == 0)
            return ErrorCode.InvalidAcl;
        result = [.. normalized];
        return ErrorCode.Ok;
    }

    /// <summary>An ACL as it is shown to one who may not set it: digests without their hash (CVE-2019-0201).</summary>
    public static Acl[] Mask(ReadOnlySpan<Acl> acls)
    {
        var masked = acls.ToArray();
        foreach (ref var acl in masked.AsSpan())
        {
            if (acl.Identity.Scheme != AuthenticationScheme.Digest)
                continue;
            int colon = acl.Identity.Id.IndexOf(':');
            acl = acl with { Identity = acl.Identity with { Id = $"{acl.Identity.Id[..colon]}:x" } };
        }
        return masked;
    }
}
