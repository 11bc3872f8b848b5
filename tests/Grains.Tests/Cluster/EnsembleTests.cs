using Coordination.Grains.Cluster;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Cluster;

public sealed class EnsembleTests
{
    private readonly SiloRecord _first = SiloRecords.Observer(1, 10);
    private readonly SiloRecord _second = SiloRecords.Participant(3, 11);
    private readonly SiloRecord _third = SiloRecords.Participant(2, 12);

    [Fact]
    public void TheParticipantThatEnteredFirstLeads()
    {
        Assert.Equal([false, true, false], Leading(_first, _second, _third));
        Assert.Equal([false, true], Leading(_first, _third));
        Assert.Equal([false], Leading(_first));
    }

    [Fact]
    public void AnotherLeadsAsSoonAsItIsKnownToHaveGone()
    {
        var ensemble = new Ensemble(_third.Identity, SiloRole.Participant, [_first, _third, _second]);
        Assert.Equal(_second, ensemble.Leader);
        ensemble.Update([_first, _third]);
        Assert.True(ensemble.IsLeader);
        // One that comes later, with the number that has become free, comes last.
        ensemble.Update([_first, _third, SiloRecords.Participant(3, 13)]);
        Assert.True(ensemble.IsLeader);
    }

    [Fact]
    public void OneThatIsTakenOffLeadsNoMore()
    {
        var ensemble = new Ensemble(_second.Identity, SiloRole.Participant, [_second, _third]);
        Assert.Equal(_second, ensemble.Self);
        ensemble.Update([_third]);
        Assert.False(ensemble.IsLeader);
        Assert.Null(ensemble.Self);
    }

    [Fact]
    public void OneThatHasItsLogToItselfLeadsItself()
    {
        var alone = Ensemble.Alone(Guid.NewGuid());
        Assert.True(alone.IsAlone && alone.IsLeader);
        Assert.Null(alone.Leader);
    }

    private static bool[] Leading(params SiloRecord[] silos) =>
        [.. silos.Select(silo => new Ensemble(silo.Identity, silo.Entry.Role, silos).IsLeader)];
}
