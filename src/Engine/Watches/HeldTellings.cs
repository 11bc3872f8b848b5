namespace Coordination.Engine.Watches;

/// <summary>Events that are kept back until what they tell of is done, and then told in pieces, in their order.</summary>
/// <remarks>Guarded by its <see cref="WatchTable"/>.</remarks>
internal sealed class HeldTellings
{
    /// <summary>How many watchers of one path are told at once. An event for more is told in pieces, and what comes behind
    /// it waits.</summary>
    public const int MostAtOnce = 256;

    private readonly Queue<HeldTelling> _tellings = new();

    /// <summary>Whether events are kept back rather than told.</summary>
    public bool AreKept { get; private set; }

    /// <summary>Keeps back all events from here on, until the last is told.</summary>
    public void Keep() => AreKept = true;

    /// <summary>Keeps back an event, and all that follow it.</summary>
    public void Add(in HeldTelling telling)
    {
        AreKept = true;
        _tellings.Enqueue(telling);
    }

    /// <summary>Tells the next watchers.</summary>
    /// <param name="most">How many at the most.</param>
    /// <returns>Whether none is left, and none kept back any more.</returns>
    public bool GoOn(int most)
    {
        while (most > 0 && _tellings.TryPeek(out var telling))
        {
            if (telling.GoOn(ref most))
                _tellings.Dequeue();
        }
        if (_tellings.Count > 0)
            return false;
        AreKept = false;
        // Those of a hundred thousand are not needed every day.
        if (_tellings.Capacity > MostAtOnce)
            _tellings.TrimExcess();
        return true;
    }
}
