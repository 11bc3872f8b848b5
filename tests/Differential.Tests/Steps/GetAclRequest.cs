using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal sealed record GetAclRequest(int Session, string Path) : Request(Session)
{
    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.GetAclAsync(side.Full(Path)),
        side,
        (content, acl) => content
            .Add($"acl= {string.Join(' ', acl.Entries.Select(entry => $"{entry.Scheme}:{entry.Id}:{(int)entry.Permissions}"))}")
            .AddStat(acl.Stat, side.NameOfSession));

    public override string ToString() => $"getACL {Path}";
}
