namespace Orleans.Concurrency;

/// <summary>Marks values as immutable.</summary>
public static class ImmutableExtensions
{
    /// <summary>Wraps a value that is never changed any more.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The wrapped value.</returns>
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
