using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>A request of a client, as every server understands it.</summary>
internal sealed record Call(OperationCode Operation)
{
    public byte[] Path { get; init; } = [];

    public bool Watch { get; init; }

    /// <summary>What a write asks for.</summary>
    public WriteOperation? Write { get; init; }

    /// <summary>The client's number of a write, where it has one.</summary>
    public OnceNumber Once { get; init; }

    /// <summary>The mode of addWatch; the type of checkWatches and removeWatches.</summary>
    public int WatchNumber { get; init; }

    /// <summary>setWatches and setWatches2: what the client saw last.</summary>
    public long RelativeZxid { get; init; }

    /// <summary>setWatches and setWatches2: the client's watches, in the order of the record.</summary>
    public IReadOnlyList<(RenewedWatch Kind, byte[][] Paths)> Watches { get; init; } = [];
}
