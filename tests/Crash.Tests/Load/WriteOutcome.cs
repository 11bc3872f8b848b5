namespace Coordination.Crash.Tests.Load;

/// <summary>What is known of a write.</summary>
internal enum WriteOutcome
{
    /// <summary>Sent, and no reply came: it may be there or not.</summary>
    Unanswered,

    /// <summary>Answered with an error that a failing server gives: it may be there or not.</summary>
    Failed,

    /// <summary>Acknowledged: it must be there from now on.</summary>
    Acknowledged,

    /// <summary>Found to be there after a restart, without an acknowledgement: it must stay.</summary>
    FoundThere,

    /// <summary>Found not to be there after a restart: it must never come.</summary>
    FoundMissing,
}
