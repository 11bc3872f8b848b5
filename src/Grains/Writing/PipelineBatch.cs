using Coordination.Engine.Log;
using Coordination.Engine.Requests;

namespace Coordination.Grains.Writing;

/// <summary>Requests that were validated together and go into one log row.</summary>
internal sealed class PipelineBatch : IDisposable
{
    public BatchWriter Writer { get; } = new();

    public List<Item> Items { get; } = [];

    public void Clear()
    {
        Writer.Clear();
        Items.Clear();
    }

    public void Dispose() => Writer.Dispose();

    /// <summary>A request and what its validation came to.</summary>
    public readonly record struct Item(WriteRequest Request, Verdict Verdict);
}
