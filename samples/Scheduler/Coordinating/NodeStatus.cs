namespace Coordination.Scheduler.Coordinating;

/// <summary>What a node says of itself in its ephemeral znode.</summary>
/// <param name="State">What it does.</param>
/// <param name="Slots">How many runs it can work on at a time.</param>
/// <param name="Running">The runs that it works on.</param>
/// <param name="Megabytes">How much memory it has in use.</param>
internal sealed record NodeStatus(string State, int Slots, IReadOnlyList<string> Running, long Megabytes)
{
    /// <summary>The part of its slots that are taken, 0 to 1.</summary>
    public double Load => Slots == 0 ? 0 : (double)Running.Count / Slots;
}
