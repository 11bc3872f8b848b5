namespace Coordination.Gateway.FourLetterWords;

/// <summary>The sizes of what a silo holds, all of one moment.</summary>
/// <param name="Zxid">The last zxid that was applied.</param>
/// <param name="Znodes">How many znodes there are, the root counted under both of the names that ZooKeeper has for it.</param>
/// <param name="Ephemerals">How many of them are ephemeral.</param>
/// <param name="Sessions">How many sessions are open.</param>
/// <param name="Watches">How many watches are set.</param>
/// <param name="DataSize">The bytes of all paths and data, about.</param>
public readonly record struct ServerFigures(
    long Zxid, int Znodes, int Ephemerals, int Sessions, int Watches, long DataSize);
