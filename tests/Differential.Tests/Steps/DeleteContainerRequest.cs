using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>deleteContainer, which is the server's own.</summary>
internal sealed record DeleteContainerRequest(int Session, string Path) : Request(Session)
{
    public override async Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        var answer = await ReadAsync(
            client.SendAsync(
                OperationCode.DeleteContainer,
                ToString(),
                writer => writer.WriteString(side.Full(Path)),
                static (ref JuteReader _) => default(Nothing)),
            side,
            static (_, _) => { });
        if (answer.Error == ErrorCode.Unimplemented)
            await client.Ended.WaitAsync(Side.LongestEnd);
        return answer;
    }

    public override string ToString() => $"deleteContainer {Path}";
}
