namespace Orleans.Calls;

/// <summary>A call whose caller waits for the outcome, though not for ever.</summary>
internal abstract class AwaitedCall(RequestTraits traits) : Request(traits)
{
    /// <summary>Gets or sets when the caller stops waiting, as a timestamp of the runtime's clock.</summary>
    public long Deadline { get; set; }

    // The list of calls under way, which ResponseTimeouts keeps.
    public AwaitedCall? Older { get; set; }

    public AwaitedCall? Newer { get; set; }

    public bool IsListed { get; set; }

    public abstract void TimeOut(TimeSpan limit);
}
