using System.Globalization;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>A request that no server knows.</summary>
internal sealed record UnknownRequest(int Session, int Code) : Request(Session)
{
    public override bool MayTellOthers => true;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side) => ReadAsync(
        client.SendAsync(
            (OperationCode)Code,
            ToString(),
            writer => writer.WriteString(side.Full("~")),
            static (ref JuteReader _) => default(Nothing)),
        side,
        static (_, _) => { });

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"operation {Code}");
}
