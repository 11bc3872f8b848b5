using Orleans.Conformance.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance;

public sealed class KeyTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0x123456789ABCDEF0)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task An_integer_key_is_the_same_inside_and_outside(long key)
    {
        IIntegerKeyGrain grain = Grains.GetGrain<IIntegerKeyGrain>(key);

        Assert.Equal(key, await grain.Key());
        Assert.Equal(key, grain.GetPrimaryKeyLong());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("/app/lock-0000000001")]
    [InlineData(" leading and trailing ")]
    [InlineData("Grüße, 世界 🙂")]
    public async Task A_string_key_is_the_same_inside_and_outside(string key)
    {
        IStringKeyGrain grain = Grains.GetGrain<IStringKeyGrain>(key);

        Assert.Equal(key, await grain.Key());
        Assert.Equal(key, grain.GetPrimaryKeyString());
    }

    [Fact]
    public async Task A_guid_key_is_the_same_inside_and_outside()
    {
        Guid key = Guid.NewGuid();
        IGuidKeyGrain grain = Grains.GetGrain<IGuidKeyGrain>(key);

        Assert.Equal(key, await grain.Key());
        Assert.Equal(key, grain.GetPrimaryKey());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void A_blank_string_is_no_key(string? key) =>
        Assert.ThrowsAny<ArgumentException>(() => Grains.GetGrain<IStringKeyGrain>(key!));

    [Fact]
    public void An_interface_that_no_grain_implements_is_refused() =>
        Assert.Throws<ArgumentException>(() => Grains.GetGrain<IUnimplementedGrain>(1));

    [Fact]
    public async Task Each_key_has_its_own_grain()
    {
        await Grains.GetGrain<IStringKeyGrain>("own-1").Set("one");
        await Grains.GetGrain<IStringKeyGrain>("own-2").Set("two");

        Assert.Equal("one", await Grains.GetGrain<IStringKeyReadGrain>("own-1").Get());
        Assert.Equal("two", await Grains.GetGrain<IStringKeyReadGrain>("own-2").Get());
    }

    [Fact]
    public async Task All_interfaces_of_a_grain_lead_to_the_same_activation()
    {
        IStringKeyGrain grain = Grains.GetGrain<IStringKeyGrain>("interfaces");
        await grain.Set("value");

        Assert.Equal("value", await Grains.GetGrain<IStringKeyReadGrain>("interfaces").Get());
        Assert.Equal("value", await grain.AsReference<IStringKeyReadGrain>().Get());
    }

    [Fact]
    public void References_are_equal_if_they_are_to_the_same_grain()
    {
        IStringKeyGrain one = Grains.GetGrain<IStringKeyGrain>("equal");
        IStringKeyGrain same = Grains.GetGrain<IStringKeyGrain>("equal");
        IStringKeyGrain other = Grains.GetGrain<IStringKeyGrain>("other");
        IAddressable byOtherInterface = Grains.GetGrain<IStringKeyReadGrain>("equal");

        Assert.True(one.Equals(same));
        Assert.True(one.Equals(byOtherInterface));
        Assert.False(one.Equals(other));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.Equal(one.GetGrainId(), same.GetGrainId());
        Assert.NotEqual(one.GetGrainId(), other.GetGrainId());
    }

    [Fact]
    public void Asking_for_a_key_of_another_kind_throws()
    {
        IStringKeyGrain grain = Grains.GetGrain<IStringKeyGrain>("neither number nor guid");

        Assert.Throws<InvalidOperationException>(() => grain.GetPrimaryKeyLong());
        Assert.Throws<InvalidOperationException>(() => grain.GetPrimaryKey());
    }
}
