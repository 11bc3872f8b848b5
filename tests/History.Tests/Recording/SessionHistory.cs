namespace Coordination.History.Tests.Recording;

/// <summary>What a client did and saw in one session.</summary>
internal sealed class SessionHistory(long id, TimeSpan timeout)
{
    public long Id => id;

    /// <summary>As the server granted it.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>In order: a client has one at a time.</summary>
    public List<ConnectionHistory> Connections { get; } = [];

    /// <summary>When the client was told that the session has expired, in milliseconds of the run; null if never.</summary>
    public double? ToldExpiredAt { get; set; }

    /// <summary>Whether the client left without a word, and was never heard of again.</summary>
    public bool IsAbandoned { get; set; }

    public IEnumerable<Operation> Operations => Connections.SelectMany(connection => connection.Operations);

    /// <summary>All signs of life that are known to have been heard.</summary>
    public IEnumerable<HeardAt> Heard => Connections.SelectMany(connection => connection.Pings).Concat(
        Operations.Where(operation => operation.Answer is not null)
            .Select(operation => new HeardAt(operation.AskedAt, operation.AnsweredAt)));
}
