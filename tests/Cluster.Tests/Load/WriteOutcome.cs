namespace Coordination.Cluster.Tests.Load;

/// <summary>What a client knows of its write.</summary>
internal enum WriteOutcome
{
    /// <summary>No answer came: it may be there, once, or not.</summary>
    Unanswered,

    /// <summary>Answered with an error: it must never be there.</summary>
    Refused,

    /// <summary>Acknowledged: it must be there, once.</summary>
    Acknowledged,
}
