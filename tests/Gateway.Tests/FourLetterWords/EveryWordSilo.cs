using Coordination.Testing;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>A silo that answers all four-letter words that it knows.</summary>
public sealed class EveryWordSilo() : RunningSilo(new SiloOptions
{
    TickTime = TimeSpan.FromSeconds(2),
    // What stands in for the silo has no such option, and answers all of them.
    Arguments = SiloExecutable.StandIn is null ? ["--four-letter-words", "*"] : [],
});
