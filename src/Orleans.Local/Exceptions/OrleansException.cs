namespace Orleans.Runtime;

/// <summary>What the runtime itself reports as gone wrong.</summary>
public class OrleansException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public OrleansException()
        : base("Unexpected error.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    public OrleansException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public OrleansException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
