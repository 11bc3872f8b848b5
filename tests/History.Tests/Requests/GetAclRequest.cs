using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>A look at the ACL of a znode.</summary>
internal sealed record GetAclRequest(string Path) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Answer.Of(
        await client.GetAclAsync(Path), (answer, acl) => answer with { Acl = acl.Entries, Stat = acl.Stat });

    public override string ToString() => $"getACL {Path}";
}
