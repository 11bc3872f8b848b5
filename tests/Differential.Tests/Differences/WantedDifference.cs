namespace Coordination.Differential.Tests.Differences;

/// <summary>A difference that docs/differences.md lists, or that nobody promises anything about.</summary>
/// <param name="Name">As the documentation calls it.</param>
/// <param name="Excuse">Takes it out of both sides.</param>
internal sealed record WantedDifference(string Name, Func<ItemPair, bool> Excuse);
