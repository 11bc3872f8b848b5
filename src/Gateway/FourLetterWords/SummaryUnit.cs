namespace Coordination.Gateway.FourLetterWords;

/// <summary>What is measured in a summary; the value is how many of them ZooKeeper's unit has.</summary>
public enum SummaryUnit
{
    /// <summary>Whatever is counted.</summary>
    One = 1,

    /// <summary>Times, which ZooKeeper tells in milliseconds.</summary>
    Microseconds = 1000,
}
