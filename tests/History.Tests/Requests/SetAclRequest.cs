using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>Lets everybody do some things, and nobody others. Reading and setting the ACL stay allowed: whoever may not
/// read is told of no events, and nobody could give it back.</summary>
internal sealed record SetAclRequest(string Path, Permissions Allowed, int Version = -1) : SingleWrite(Path)
{
    public IReadOnlyList<AclEntry> Entries => [new(Allowed, "world", "anyone")];

    public override async Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) => Answer.Of(
        await client.SetAclAsync(Path, Entries, Version, number), (answer, stat) => answer with { Stat = stat });

    public override MultiOperation ToPart() => throw new InvalidOperationException("setACL is no part of a multi");

    public override string ToString() => $"setACL {Path} {Allowed} version {Version}";
}
