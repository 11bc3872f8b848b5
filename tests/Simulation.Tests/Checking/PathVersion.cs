namespace Coordination.Simulation.Tests.Checking;

/// <summary>What a znode was, from a zxid on.</summary>
/// <param name="Zxid">The zxid.</param>
/// <param name="Exists">Whether it was there.</param>
/// <param name="Version">Its version.</param>
/// <param name="ChildCount">How many children it had.</param>
/// <param name="Data">What a reader was shown of its data.</param>
/// <param name="Children">What a reader was shown of its children.</param>
internal sealed record PathVersion(
    long Zxid, bool Exists, int Version, int ChildCount, string Data, string Children);
