namespace Coordination.History.Tests.Requests;

/// <summary>A request that becomes one entry of the log, or is refused.</summary>
internal abstract record WriteRequest : Request
{
    /// <summary>What it asks for, in order: itself, but for a multi.</summary>
    public abstract IReadOnlyList<SingleWrite> Parts { get; }
}
