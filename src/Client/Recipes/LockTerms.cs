namespace Coordination.Client.Recipes;

/// <summary>What somebody contends for, and how.</summary>
/// <param name="Parent">The znode that contenders queue below.</param>
/// <param name="Prefix">What the names have before their numbers: <c>lock-</c>.</param>
/// <param name="Predecessor">Who of those before a contender has to go first.</param>
/// <param name="Data">What others can read of the contender.</param>
/// <param name="LockDelay">For how long nobody may follow where the holder is lost; zero for not at all.</param>
/// <param name="IsShared">Whether others may hold it too who share it.</param>
internal sealed record LockTerms(
    string Parent, string Prefix, LockQueue.Predecessor Predecessor, ReadOnlyMemory<byte> Data = default,
    TimeSpan LockDelay = default, bool IsShared = false);
