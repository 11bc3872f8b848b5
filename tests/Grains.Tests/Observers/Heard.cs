using Coordination.Grains.Tests.Hosting;

namespace Coordination.Grains.Tests.Observers;

/// <summary>What an observer has heard, in order.</summary>
internal sealed class Heard<T>
{
    private readonly List<T> _heard = [];

    public T[] All
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    public int Count
    {
        get
        {
            lock (_heard)
                return _heard.Count;
        }
    }

    public void Add(T message)
    {
        lock (_heard)
            _heard.Add(message);
    }

    /// <summary>Waits until so much was heard; what was heard then, which must not be more.</summary>
    public async Task<T[]> ExactlyAsync(int count)
    {
        await Patience.UntilAsync(() => Count >= count, $"{count} messages are heard, not {Count}");
        await Task.Delay(Patience.Short);
        Assert.Equal(count, Count);
        return All;
    }
}
