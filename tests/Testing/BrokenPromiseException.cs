namespace Coordination.Testing;

/// <summary>What no machine is to blame for, however slow: a write that was lost or done twice, a read of what is no more, an
/// ephemeral that went before its time.</summary>
/// <param name="message">What was promised, and what was found.</param>
/// <param name="innerException">How it was noticed, if by another exception.</param>
public sealed class BrokenPromiseException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Says that a promise was broken, unless it was kept.</summary>
    /// <exception cref="BrokenPromiseException">It was not kept.</exception>
    public static void ThrowUnless(bool isKept, string message)
    {
        if (!isKept)
            throw new BrokenPromiseException(message);
    }
}
