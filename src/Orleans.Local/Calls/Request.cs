namespace Orleans.Calls;

/// <summary>A call on its way to a grain or an observer, or a tick of a timer.</summary>
internal abstract class Request(RequestTraits traits)
{
    public RequestTraits Traits { get; } = traits;

    /// <summary>Gets or sets how often it came to an activation that was on its way out.</summary>
    public int Forwards { get; set; }

    /// <summary>
    /// Gets or sets the next request of the queue it stands in. Queues are threaded through their requests, so that
    /// an activation at rest holds no buffer.
    /// </summary>
    public Request? Next { get; set; }

    /// <summary>Gets whether nobody waits for it any more, so that it need not be started.</summary>
    public virtual bool IsAbandoned => false;

    public bool Has(RequestTraits trait) => (Traits & trait) != 0;

    /// <summary>Carries it out, in a turn of the target.</summary>
    /// <returns>A task that completes, without an exception, when the target is done with it.</returns>
    public abstract Task InvokeAsync(object target);

    /// <summary>Ends it without its having been carried out.</summary>
    public abstract void Reject(Exception reason);
}
