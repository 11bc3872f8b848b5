using System.Globalization;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>A request that no server knows.</summary>
internal sealed record UnknownRequest(int Session, int Code) : Request(Session)
{
    public override bool MayTellOthers => true;

    /// <summary>The server ends the connection behind its reply, and may take its time to.</summary>
    public override async Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        var answer = await ReadAsync(
            client.SendAsync(
                (OperationCode)Code,
                ToString(),
                writer => writer.WriteString(side.Full("~")),
                static (ref JuteReader _) => default(Nothing)),
            side,
            static (_, _) => { });
        await client.Ended.WaitAsync(Side.LongestEnd);
        return answer;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"operation {Code}");
}
