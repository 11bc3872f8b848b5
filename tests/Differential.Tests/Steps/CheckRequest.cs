using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>A check, which only a multi may hold; alone it ends the connection.</summary>
internal sealed record CheckRequest(int Session, string Path, int Version) : Request(Session), IMultiPart
{
    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.SendAsync(
            OperationCode.Check,
            ToString(),
            writer =>
            {
                writer.WriteString(side.Full(Path));
                writer.WriteInt(Version);
            },
            static (ref JuteReader _) => default(Nothing)),
        side,
        static (_, _) => { });

    public MultiOperation ToMultiOperation(Side side) => MultiOperation.Check(side.Full(Path), Version);

    public override string ToString() => $"check {Path} version={Version}";
}
