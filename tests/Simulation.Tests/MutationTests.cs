using Coordination.Simulation.Tests.Mutating;
using Xunit.Abstractions;

namespace Coordination.Simulation.Tests;

/// <summary>What would break a promise is found out: otherwise the simulation would prove nothing.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1;
    // Some need a silo to start at one moment of many, and no change of the simulation is to hide them.
    private const int MostSeeds = 2_000;

    [Theory]
    [InlineData(typeof(TwoRowsAtOnePosition), "another state")]
    [InlineData(typeof(SkippedRow), "another state")]
    [InlineData(typeof(EarlyAcknowledgement), "another state")]
    [InlineData(typeof(UnknownTakenForLost), "in the log")]
    [InlineData(typeof(UnaskedTail), "was acknowledged before it asked")]
    [InlineData(typeof(EarlyExpiry), "was taken for silent")]
    [InlineData(typeof(LateExpiry), "is still open")]
    [InlineData(typeof(ReadsBeforeWrites), "waits for the answer")]
    [InlineData(typeof(LostEvents), "has not been told")]
    [InlineData(typeof(UncheckedPrefix), "another state")]
    [InlineData(typeof(EpochsOfObservers), "is an observer, and has begun")]
    [InlineData(typeof(BoastfulSilos), "cannot read")]
    [InlineData(typeof(ObserversThatJudge), "is an observer, and judges")]
    [InlineData(typeof(WritesDoneAgain), "is in the log twice")]
    [InlineData(typeof(AnswersOfNow), "of what did")]
    [InlineData(typeof(ForgetfulCheckpoint), "another state")]
    [InlineData(typeof(ReadsOfParts), "where the log has")]
    [InlineData(typeof(PresumptuousReaders), "is shown")]
    public void WhatWouldBreakAPromiseIsFoundOut(Type mutations, string finding)
    {
        var findings = new List<string>();
        for (int seed = FirstSeed; seed < FirstSeed + MostSeeds; seed++)
        {
            var outcome = SimulationRun.Of(seed, (Mutations)Activator.CreateInstance(mutations)!).Play();
            if (outcome.Failure is not { } failure)
                continue;
            findings.Add(failure.Message.Split('\n')[0]);
            if (failure.Message.Contains(finding, StringComparison.Ordinal))
            {
                output.WriteLine($"seed {seed}: {findings[^1]}");
                return;
            }
        }
        Assert.Fail($"not found out by {MostSeeds} seeds; what was found: {string.Join('\n', findings)}");
    }

    [Fact]
    public void TheSameSeedIsTheSameRun()
    {
        var first = SimulationRun.Of(FirstSeed + 1).Play();
        var second = SimulationRun.Of(FirstSeed + 1).Play();
        Assert.Equal(first.Trace, second.Trace);
        Assert.Equal(first.Steps, second.Steps);
        Assert.NotEmpty(first.Trace);
    }
}
