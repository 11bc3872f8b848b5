namespace Coordination.Grains.Writing;

/// <summary>Whether other silos append, too, so that it is better to wait for the turn than to try and lose.</summary>
/// <remarks>Not thread-safe: for whoever carries out batches.</remarks>
internal sealed class WriterRivalry
{
    // A turn costs a round trip more than an append without one: so many are spent on nothing when the others stop.
    private const int TurnsAfterTheLast = 16;

    private int _turnsLeft;

    /// <summary>Whether to wait for the turn.</summary>
    public bool IsExpected => _turnsLeft > 0;

    /// <summary>An append was lost to another's, or another is just about to append.</summary>
    public void Lost() => _turnsLeft = TurnsAfterTheLast;

    /// <summary>The turn was taken.</summary>
    /// <param name="missed">How many rows others had appended meanwhile.</param>
    public void Took(int missed) => _turnsLeft = missed > 0 ? TurnsAfterTheLast : Math.Max(0, _turnsLeft - 1);

    /// <summary>The turn was waited for in vain.</summary>
    public void WaitedInVain() => _turnsLeft = 0;
}
