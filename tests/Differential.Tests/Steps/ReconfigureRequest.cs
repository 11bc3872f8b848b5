using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>reconfig, which nobody has allowed.</summary>
internal sealed record ReconfigureRequest(int Session, string? Joining, string? Leaving, string? Members, long Version)
    : Request(Session)
{
    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.SendAsync(
            OperationCode.Reconfigure,
            ToString(),
            writer =>
            {
                writer.WriteString(Joining);
                writer.WriteString(Leaving);
                writer.WriteString(Members);
                writer.WriteLong(Version);
            },
            static (ref JuteReader reader) => reader.ReadBuffer()),
        side,
        static (content, configuration) => content.AddData(configuration));

    public override string ToString() =>
        $"reconfig joining={Joining ?? "null"} leaving={Leaving ?? "null"} members={Members ?? "null"} version={Version}";
}
