using System.Globalization;

namespace Orleans;

/// <summary>How long the caller of a method waits for its result, in place of the runtime's default.</summary>
/// <param name="timeout">A <see cref="TimeSpan"/> in its invariant form, such as <c>00:00:10</c>.</param>
/// <exception cref="FormatException"><paramref name="timeout"/> is not a <see cref="TimeSpan"/>.</exception>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    /// <summary>Gets the time after which the caller gets a <see cref="TimeoutException"/>.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
