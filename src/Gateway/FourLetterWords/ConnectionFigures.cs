using System.Net;
using Coordination.Protocol;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>What is known of a connection; times in milliseconds.</summary>
/// <param name="Remote">Where it comes from.</param>
/// <param name="IsSecure">Whether it is encrypted.</param>
/// <param name="Received">Packets that came from the client.</param>
/// <param name="Sent">Packets that went to it.</param>
/// <param name="Outstanding">How many requests wait for their answers.</param>
public sealed record ConnectionFigures(EndPoint Remote, bool IsSecure, long Received, long Sent, int Outstanding)
{
    /// <summary>The session that is served; 0 until there is one, and then nothing below means anything.</summary>
    public long SessionId { get; init; }

    /// <summary>Its timeout.</summary>
    public int SessionTimeout { get; init; }

    /// <summary>What the client last did; null for nothing.</summary>
    public OperationCode? LastOperation { get; init; }

    /// <summary>When the connection was made, since 1970.</summary>
    public long Established { get; init; }

    /// <summary>The client's number of its last request; -1 for none.</summary>
    public int LastXid { get; init; }

    /// <summary>The zxid of the last answer; -1 for none.</summary>
    public long LastZxid { get; init; }

    /// <summary>When the last answer was given, on the monotonic clock.</summary>
    public long LastAnswered { get; init; }

    /// <summary>How long the last request took.</summary>
    public long LastLatency { get; init; }

    /// <summary>How long the shortest took.</summary>
    public long LeastLatency { get; init; }

    /// <summary>How long they took on average.</summary>
    public long AverageLatency { get; init; }

    /// <summary>How long the longest took.</summary>
    public long MostLatency { get; init; }

    /// <summary>What ZooKeeper waits for from the socket: 1, the next request; 0, nothing any more.</summary>
    public int InterestOperations => SessionId == 0 ? 0 : 1;

    /// <summary>The four letters for <see cref="LastOperation"/>.</summary>
    public string LastOperationName => OperationName.Of(LastOperation);
}
