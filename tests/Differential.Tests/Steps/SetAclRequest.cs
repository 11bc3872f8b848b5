using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal sealed record SetAclRequest(int Session, string Path, IReadOnlyList<AclEntry> Acl, int Version)
    : Request(Session), IHasAcl, IMultiPart
{
    public bool DeniesReading => AclText.DeniesReading(Acl);

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.SetAclAsync(side.Full(Path), Acl, Version),
        side,
        (content, stat) => content.AddStat(stat, side.NameOfSession));

    public MultiOperation ToMultiOperation(Side side) => MultiOperation.SetAcl(side.Full(Path), Acl, Version);

    public override IEnumerable<Step> Simpler() =>
        Acl.Count > 1 ? Acl.Select((_, i) => this with { Acl = [.. Acl.Where((_, other) => other != i)] }) : [];

    public override string ToString() => $"setACL {Path} {AclText.Of(Acl)} version={Version}";
}
