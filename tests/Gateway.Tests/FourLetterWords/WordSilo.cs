using Coordination.Testing;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>A silo that answers the four-letter words it answers unless told otherwise.</summary>
public sealed class WordSilo() : RunningSilo(new SiloOptions { TickTime = TimeSpan.FromSeconds(2) });
