using Coordination.Differential.Tests.Comparing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Playing;

/// <summary>A reply, and its place among all that arrived on its connection.</summary>
internal sealed record Answer(long Arrival, ErrorCode Error, Content Content)
{
    /// <summary>The zxid of the change that the request made; null where it made none, or does not tell.</summary>
    public long? WriteZxid { get; init; }

    /// <summary>The results of a multi, with what they are the results of.</summary>
    public IReadOnlyList<(string Label, ErrorCode Error, Content Content)> Results { get; init; } = [];
}
