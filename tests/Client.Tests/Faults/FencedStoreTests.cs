namespace Coordination.Client.Tests.Faults;

/// <summary>The store of the fault tests finds what it is there to find.</summary>
public sealed class FencedStoreTests
{
    [Fact]
    public void It_refuses_older_tokens_and_finds_those_that_are_wrong()
    {
        var store = new FencedStore();
        store.Hold(0, 7);
        Assert.True(store.Write(0, 7));
        store.Hold(1, 9);
        // Nobody has written with the newer one yet.
        Assert.True(store.Write(0, 7));
        Assert.True(store.Write(1, 9));
        Assert.False(store.Write(0, 7));
        Assert.Equal((2, 3, 1), (store.Terms, store.Accepted, store.Refused));
        Assert.Empty(store.Violations);

        store.Hold(2, 9);
        Assert.Single(store.Violations);
        store.Write(2, 9);
        Assert.Equal(2, store.Violations.Count);
        store.Report("two are sure");
        Assert.Equal(3, store.Violations.Count);
    }
}
