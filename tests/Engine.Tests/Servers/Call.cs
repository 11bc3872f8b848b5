using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>A request of a client, as every server understands it.</summary>
internal sealed record Call(OperationCode Operation)
{
    public byte[] Path { get; init; } = [];

    public bool Watch { get; init; }

    /// <summary>What a write asks for.</summary>
    public WriteOperation? Write { get; init; }

    /// <summary>setWatches: what the client saw last, and its watches.</summary>
    public (long RelativeZxid, byte[][] Data, byte[][] Exists, byte[][] Children) Watches { get; init; }
}
