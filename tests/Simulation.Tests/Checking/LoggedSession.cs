namespace Coordination.Simulation.Tests.Checking;

/// <summary>What the log says of a session, and when.</summary>
internal sealed class LoggedSession(int timeoutMilliseconds)
{
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(timeoutMilliseconds);

    /// <summary>The attachments, in their order.</summary>
    public List<long> Attachments { get; } = [];

    /// <summary>The lives of silos that it was attached to.</summary>
    public HashSet<Guid> Silos { get; } = [];

    /// <summary>The zxid that closed it; null while it is open.</summary>
    public long? ClosedAt { get; set; }

    /// <summary>When it was judged silent, by whom, and by which attachment, before it was closed for that.</summary>
    public TimeSpan? JudgedAt { get; set; }

    /// <summary>Whether its client wanted it closed.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>When the client was heard whose answers reached it.</summary>
    public List<TimeSpan> Heard { get; } = [];
}
