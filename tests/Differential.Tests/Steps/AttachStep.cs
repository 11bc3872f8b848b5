using Coordination.Differential.Tests.Playing;

namespace Coordination.Differential.Tests.Steps;

/// <summary>Attaches the session by a new connection, over the head of the old one where that still stands.</summary>
internal sealed record AttachStep(int Session, AttachKind Kind, int TimeoutMilliseconds) : Step(Session)
{
    public override Task PlayAsync(Side side) => side.AttachAnewAsync(Session, Kind, TimeoutMilliseconds);

    public override string ToString() => $"attach {Kind} timeout={TimeoutMilliseconds}";
}
