using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>A write of one znode, which may also be a part of a multi.</summary>
internal abstract record SingleWrite(string Path) : WriteRequest
{
    public override IReadOnlyList<SingleWrite> Parts => [this];

    public abstract MultiOperation ToPart();
}
