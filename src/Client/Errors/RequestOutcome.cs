namespace Coordination.Client;

/// <summary>What is known of a request that was not answered.</summary>
public enum RequestOutcome
{
    /// <summary>It never left this process, so it was not done.</summary>
    NotSent,

    /// <summary>It may have been done, and it may yet be done. Only reading can tell.</summary>
    Unknown,

    /// <summary>A server refused it, so it was not done; the answer that said why was lost.</summary>
    Refused,
}
