namespace Orleans.Runtime;

/// <summary>A reminder could not be changed as asked.</summary>
/// <param name="message">What went wrong.</param>
public sealed class ReminderException(string message) : OrleansException(message);
