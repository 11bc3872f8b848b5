namespace Coordination.Engine.Requests;

/// <summary>Takes a block of numbers from a named counter.</summary>
/// <param name="counter">The name of the counter.</param>
/// <param name="count">How many numbers to take; at least 1.</param>
public sealed class TakeNumbersOperation(string counter, int count) : WriteOperation
{
    /// <summary>The name of the counter.</summary>
    public string Counter { get; } = counter;

    /// <summary>How many numbers to take.</summary>
    public int Count { get; } = count;
}
