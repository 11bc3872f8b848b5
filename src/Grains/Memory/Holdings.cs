namespace Coordination.Grains.Memory;

/// <summary>What a silo keeps in memory for its clients.</summary>
/// <param name="Znodes">How many znodes.</param>
/// <param name="DataSize">The bytes of their paths and data, about.</param>
/// <param name="Sessions">How many sessions.</param>
/// <param name="Watches">How many watches.</param>
public readonly record struct Holdings(int Znodes, long DataSize, int Sessions, int Watches)
{
    /// <summary>The most of each that there was in the one or the other.</summary>
    public static Holdings Most(in Holdings one, in Holdings other) => new(
        Math.Max(one.Znodes, other.Znodes), Math.Max(one.DataSize, other.DataSize),
        Math.Max(one.Sessions, other.Sessions), Math.Max(one.Watches, other.Watches));

    /// <summary>Whether there is less of anything than there was.</summary>
    public bool IsLessThan(in Holdings before) =>
        Znodes < before.Znodes || DataSize < before.DataSize || Sessions < before.Sessions || Watches < before.Watches;
}
