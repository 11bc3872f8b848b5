namespace Coordination.Engine.Requests;

/// <summary>Several writes and checks, all or none, under one zxid.</summary>
/// <param name="operations">What to do, in order; each sees what those before it did.</param>
public sealed class MultiOperation(WriteOperation[] operations) : WriteOperation
{
    /// <summary>What to do, in order.</summary>
    public WriteOperation[] Operations { get; } = operations;
}
