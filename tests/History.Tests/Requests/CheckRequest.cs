using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>A check, which is only ever a part of a multi.</summary>
internal sealed record CheckRequest(string Path, int Version) : SingleWrite(Path)
{
    public override Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number) =>
        throw new InvalidOperationException("a check alone is no request");

    public override MultiOperation ToPart() => MultiOperation.Check(Path, Version);

    public override string ToString() => $"check {Path} version {Version}";
}
