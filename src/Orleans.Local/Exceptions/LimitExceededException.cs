namespace Orleans.Runtime;

/// <summary>
/// A grain has more requests waiting than it is allowed to have, and did not take this one. It has not been carried
/// out, and may be tried again later.
/// </summary>
public sealed class LimitExceededException : OrleansException
{
    /// <summary>Creates the exception with a general message.</summary>
    public LimitExceededException()
        : base("Limit exceeded")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    public LimitExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public LimitExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="limitName">The option that sets the limit.</param>
    /// <param name="current">How many there are.</param>
    /// <param name="threshold">How many there may be.</param>
    /// <param name="extraInfo">What has too many.</param>
    public LimitExceededException(string limitName, int current, int threshold, object extraInfo)
        : base($"Limit exceeded {limitName} Current={current} Threshold={threshold} {extraInfo}")
    {
    }
}
