namespace Orleans.Concurrency;

/// <summary>
/// Wraps a value that is never changed any more, so that it is passed as it is instead of being copied.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
[GenerateSerializer, Immutable]
public readonly struct Immutable<T>(T value)
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value = value;
}
