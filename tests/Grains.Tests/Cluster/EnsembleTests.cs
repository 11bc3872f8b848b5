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
    public void OneThatHasComeBackIsThereOnceAsWhatItIsNow()
    {
        var back = SiloRecords.Participant(4, 13) with { Entry = _second.Entry with { Identity = Guid.NewGuid() } };
        var ensemble = new Ensemble(_third.Identity, SiloRole.Participant, [_first, _third, _second, back]);
        Assert.Equal([_first, _third, back], ensemble.Present);
        // Nobody else leads until its former life is found dead: that it is, an address does not prove.
        Assert.Equal(_second, ensemble.Leader);
        Assert.Equal(4, ensemble.Silos.Count);
    }

    [Fact]
    public void ThoseThatDoNotSayHowTheyAreReachedAreAllThere()
    {
        SiloRecord[] silos = [OnAllAddresses(_second), OnAllAddresses(_third)];
        Assert.Equal(silos, new Ensemble(_second.Identity, SiloRole.Participant, silos).Present);
    }

    [Fact]
    public void OneThatHasItsLogToItselfLeadsItself()
    {
        var alone = Ensemble.Alone(Guid.NewGuid());
        Assert.True(alone.IsAlone && alone.IsLeader);
        Assert.Null(alone.Leader);
    }

    private static SiloRecord OnAllAddresses(SiloRecord silo) =>
        silo with { Entry = silo.Entry with { ClientAddress = "0.0.0.0:2181" } };

    private static bool[] Leading(params SiloRecord[] silos) =>
        [.. silos.Select(silo => new Ensemble(silo.Identity, silo.Entry.Role, silos).IsLeader)];
}
