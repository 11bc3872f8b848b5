namespace Coordination.Client.Contender;

/// <summary>What a contender and the test say to each other.</summary>
/// <remarks>
/// It says <c>session ID PASSWORD</c>, <c>expired ID WHY</c>, <c>holds RESOURCE TOKEN</c>,
/// <c>write RESOURCE TOKEN NUMBER</c>, <c>sure RESOURCE TOKEN SESSION</c> where a write was refused of which it is sure that
/// it holds, <c>lost RESOURCE TOKEN</c> where a refused one has come to know, and <c>wrong TEXT</c> for what must not be. It is
/// told <c>accepted NUMBER</c> or <c>refused NUMBER</c>, and <c>stop</c>.
/// </remarks>
internal interface ITestLines
{
    /// <summary>Cancelled when the test has said that it is enough.</summary>
    CancellationToken Over { get; }

    /// <summary>Says a line.</summary>
    void Say(string line);

    /// <summary>Writes what a lock protects.</summary>
    /// <returns>Whether it was accepted.</returns>
    Task<bool> WriteAsync(string resource, long token);
}
