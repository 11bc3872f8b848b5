using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Conformance.Hosting;
using Orleans.Serialization;

namespace Orleans.Conformance;

public sealed class CopyTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private IGrainFactory Grains => fixture.Host.Grains;

    [Fact]
    public async Task What_a_grain_does_to_its_arguments_is_not_seen_by_the_caller()
    {
        byte[] bytes = [1];
        List<string> texts = ["text"];
        var parcel = new Parcel { Name = "mine", Numbers = { 1 }, Blobs = { ["a"] = [1] } };

        await Grain("spoil").Spoil(bytes, texts, parcel);

        Assert.Equal([1], bytes);
        Assert.Equal(["text"], texts);
        Assert.Equal("mine", parcel.Name);
        Assert.Equal([1], parcel.Numbers);
        Assert.Equal([1], Assert.Single(parcel.Blobs).Value);
    }

    [Fact]
    public async Task What_the_caller_does_to_an_argument_later_is_not_seen_by_the_grain()
    {
        ICopyGrain grain = Grain("argument");
        var parcel = new Parcel { Numbers = { 1 }, Inner = new Parcel { Name = "inner" } };
        Task kept = grain.Keep(parcel);
        parcel.Numbers.Add(2);
        parcel.Inner.Name = "changed";
        await kept;

        Parcel found = await grain.Kept();
        Assert.Equal([1], found.Numbers);
        Assert.Equal("inner", found.Inner!.Name);
    }

    [Fact]
    public async Task What_the_caller_does_to_a_result_is_not_seen_by_the_grain()
    {
        ICopyGrain grain = Grain("result");
        await grain.Keep(new Parcel { Numbers = { 1 } });
        (await grain.Kept()).Numbers.Add(2);

        Assert.Equal([1], (await grain.Kept()).Numbers);
    }

    [Fact]
    public async Task Plain_values_arrive()
    {
        ICopyGrain grain = Grain("plain");
        (string Text, int? Number, Colour Colour, Point Point) expected = ("text", 5, Colour.Green, new Point(1, -2));

        Assert.Equal(expected, await grain.Echo("text", 5, Colour.Green, new Point(1, -2)));
        Assert.Null((await grain.Echo("text", null, Colour.Red, default)).Number);
        Assert.Null(await grain.Echo((string[]?)null));
        Assert.Equal(["a", "b"], (await grain.Echo(new[] { "a", "b" }))!);
    }

    [Fact]
    public async Task Collections_arrive()
    {
        ICopyGrain grain = Grain("collections");
        byte[] bytes = [1, 2, 3, 4];
        Guid id = Guid.NewGuid();
        DateTime time = DateTime.UtcNow;

        Assert.Equal([2, 3], (await grain.Echo(new ReadOnlyMemory<byte>(bytes, 1, 2))).ToArray());
        Dictionary<Guid, List<DateTime>> times = await grain.Echo(new Dictionary<Guid, List<DateTime>> { [id] = [time] });
        Assert.Equal([time], times[id]);
        HashSet<string> texts = await grain.Echo(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" });
        Assert.Contains("A", texts);
        Assert.True((await grain.Echo(default(ImmutableArray<Parcel>))).IsDefault);
        ImmutableArray<Parcel> parcels = [new Parcel { Name = "one" }];
        ImmutableArray<Parcel> copies = await grain.Echo(parcels);
        Assert.Equal("one", Assert.Single(copies).Name);
        Assert.NotSame(parcels[0], copies[0]);
    }

    [Fact]
    public async Task A_record_arrives_with_what_its_constructor_takes_and_what_is_numbered()
    {
        var tag = new Tag("text", [1, 2]) { Age = TimeSpan.FromSeconds(3) };
        Tag copy = await Grain("record").Echo(tag);

        Assert.Equal("text", copy.Text);
        Assert.Equal([1, 2], copy.Numbers);
        Assert.Equal(TimeSpan.FromSeconds(3), copy.Age);
        Assert.NotSame(tag, copy);
        Assert.NotSame(tag.Numbers, copy.Numbers);
    }

    [Fact]
    public async Task A_member_without_a_number_stays_behind()
    {
        ICopyGrain grain = Grain("unnumbered");
        await grain.Keep(new Parcel { Name = "name", Private = "secret" });

        Parcel found = await grain.Kept();
        Assert.Equal("name", found.Name);
        Assert.Equal("unset", found.Private);
    }

    [Fact]
    public async Task A_derived_object_stays_what_it_is()
    {
        ICopyGrain grain = Grain("derived");
        await grain.Keep(new LabelledParcel { Name = "name", Label = "label", Numbers = { 1 } });

        LabelledParcel found = Assert.IsType<LabelledParcel>(await grain.Kept());
        Assert.Equal("name", found.Name);
        Assert.Equal("label", found.Label);
        Assert.Equal([1], found.Numbers);
    }

    [Fact]
    public async Task Shared_and_circular_objects_keep_their_shape()
    {
        ICopyGrain grain = Grain("shape");
        var shared = new Parcel { Name = "shared" };
        var parcel = new Parcel { Inner = shared, Also = shared };
        shared.Inner = parcel;
        await grain.Keep(parcel);

        Parcel found = await grain.Kept();
        Assert.Equal("shared", found.Inner!.Name);
        Assert.Same(found.Inner, found.Also);
        Assert.Same(found, found.Inner.Inner);
    }

    [Fact]
    public async Task What_is_immutable_is_passed_as_it_is()
    {
        ICopyGrain grain = Grain("immutable");
        var stone = new Stone { Bytes = [1] };
        byte[] bytes = [1];

        Assert.True(await grain.IsSame(stone, stone));
        Assert.Same(stone, await grain.EchoStone(stone));
        Assert.Same(bytes, (await grain.EchoImmutable(bytes.AsImmutable())).Value);
    }

    [Fact]
    public async Task What_is_declared_as_object_is_copied_as_what_it_is()
    {
        ICopyGrain grain = Grain("object");
        byte[] bytes = [1];
        object? copy = await grain.EchoObject(bytes);

        Assert.Equal(bytes, Assert.IsType<byte[]>(copy));
        Assert.NotSame(bytes, copy);
        Assert.Equal(7L, await grain.EchoObject(7L));
        Assert.Null(await grain.EchoObject(null));
    }

    [Fact]
    public async Task A_type_that_is_not_marked_is_refused_as_an_argument()
    {
        var refusal = await Assert.ThrowsAsync<CodecNotFoundException>(
            async () => await Grain("unmarked").EchoObject(new Unmarked { Value = 1 }));

        Assert.Contains(nameof(Unmarked), refusal.Message);
        await Assert.ThrowsAsync<CodecNotFoundException>(
            async () => await Grain("unmarked").EchoObject(new List<Unmarked> { new() }));
    }

    [Fact]
    public async Task A_type_that_is_not_marked_is_refused_as_a_result() =>
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain("unmarked").ReturnUnmarked());

    [Fact]
    public async Task A_reference_to_a_grain_arrives_as_one() =>
        Assert.Equal("from host", await Grain("guest").Visit(Grains.GetGrain<ICopyVisitor>("host")));

    [Fact]
    public async Task A_grain_that_passes_itself_arrives_as_a_reference() =>
        Assert.Equal("from sender", await Grain("sender").SendSelf("receiver"));

    private ICopyGrain Grain(string key) => Grains.GetGrain<ICopyGrain>(key);
}
