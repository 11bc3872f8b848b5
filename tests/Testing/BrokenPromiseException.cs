namespace Coordination.Testing;

/// <summary>What no machine is to blame for, however slow: a write that was lost, or done twice.</summary>
/// <param name="message">What was promised, and what was found.</param>
/// <param name="innerException">How it was noticed.</param>
public sealed class BrokenPromiseException(string message, Exception innerException) : Exception(message, innerException);
