namespace Orleans.Serialization;

/// <summary>A value could not be passed to or from a grain.</summary>
public class SerializerException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SerializerException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    public SerializerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
